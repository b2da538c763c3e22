#include "faulty_vfs.hpp"

#include <new>

namespace telltale::recording {
namespace {

// SQLite allocates szOsFile bytes: this, and the file of the real VFS behind it.
struct File {
  sqlite3_file base;
  FaultyVfs* disk;
};

File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&of(file) + 1); }

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  const int code = of(file).disk->next_change();
  if (code == SQLITE_OK) return real(file)->pMethods->xWrite(real(file), data, size, offset);
  if (of(file).disk->half()) real(file)->pMethods->xWrite(real(file), data, size / 2, offset);
  return code;
}

int sync(sqlite3_file* file, int flags) {
  const int code = of(file).disk->next_change();
  // Only counted: that nothing is really synced makes thousands of runs quick.
  static_cast<void>(flags);
  return code;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = of(file).disk->next_change();
  return code == SQLITE_OK ? real(file)->pMethods->xTruncate(real(file), size) : code;
}

int close(sqlite3_file* file) { return real(file)->pMethods->xClose(real(file)); }
int read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), data, size, offset);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
int check_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int control(sqlite3_file* file, int what, void* value) {
  return real(file)->pMethods->xFileControl(real(file), what, value);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int traits(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
int map_shm(sqlite3_file* file, int page, int size, int extend, volatile void** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int lock_shm(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void fence_shm(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int unmap_shm(sqlite3_file* file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); }

constexpr sqlite3_io_methods kMethods{.iVersion = 2,  // without xFetch: nothing is written past the shim
                                      .xClose = close,
                                      .xRead = read,
                                      .xWrite = write,
                                      .xTruncate = truncate,
                                      .xSync = sync,
                                      .xFileSize = file_size,
                                      .xLock = lock,
                                      .xUnlock = unlock,
                                      .xCheckReservedLock = check_lock,
                                      .xFileControl = control,
                                      .xSectorSize = sector_size,
                                      .xDeviceCharacteristics = traits,
                                      .xShmMap = map_shm,
                                      .xShmLock = lock_shm,
                                      .xShmBarrier = fence_shm,
                                      .xShmUnmap = unmap_shm,
                                      .xFetch = nullptr,
                                      .xUnfetch = nullptr};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const disk = static_cast<FaultyVfs*>(vfs->pAppData);
  new (file) File{{nullptr}, disk};
  const int code = disk->real().xOpen(&disk->real(), name, real(file), flags, out_flags);
  // With methods, SQLite closes the file also when it was not opened.
  if (real(file)->pMethods != nullptr) file->pMethods = &kMethods;
  return code;
}

}  // namespace

FaultyVfs::FaultyVfs(Fault fault) : fault_(fault), real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  vfs_.zName = "faulty";
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.xOpen = open;
  // The other functions ask nothing of their VFS but pAppData, and that only in xOpen.
  sqlite3_vfs_register(&vfs_, 1);
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
}

int FaultyVfs::next_change() {
  ++count_;
  if (repaired_ || fault_.at == 0) return SQLITE_OK;
  const bool fails = fault_.lasting ? count_ >= fault_.at : count_ == fault_.at;
  return fails ? fault_.code : SQLITE_OK;
}

}  // namespace telltale::recording
