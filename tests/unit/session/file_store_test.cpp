#include "session/file_store.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "support/manual_clock.hpp"
#include "support/read_file.hpp"
#include "support/telltale_process.hpp"

namespace telltale::session {
namespace {

namespace fs = std::filesystem;
using base::Errc;

constexpr const char* kOne = "3522ac11-48af-4b1a-9723-1515c8512cdc";
constexpr const char* kOther = "00000000-48af-4b1a-9723-1515c8512cdc";

class FileStoreTest : public ::testing::Test {
 protected:
  ~FileStoreTest() override { fs::remove_all(root); }

  StoredFile put(FileStore& files, const std::string& name, std::string_view content) {
    auto upload = files.begin(name, "text/plain");
    EXPECT_TRUE(upload) << upload.error().message;
    EXPECT_TRUE((*upload)->write(content));
    const auto file = files.commit(std::move(*upload), clock);
    EXPECT_TRUE(file) << file.error().message;
    return *file;
  }
  void operator_puts(const fs::path& file, std::string_view content = "operator's") {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  void expect_refused(const FileStore& files, const std::string& path) {
    const auto found = files.resolve(path);
    ASSERT_FALSE(found) << path << " is " << found->string();
    EXPECT_EQ(found.error().code, Errc::forbidden) << path << ": " << found.error().message;
    EXPECT_NE(found.error().message.find("--upload-dir"), std::string::npos) << found.error().message;
  }

  const fs::path root = fs::canonical(testing::make_temporary_folder());
  const fs::path uploads = root / "uploads";
  testing::ManualClock clock;
  const bool made = fs::create_directory(uploads);
  FileStore store{uploads, kOne};
};

TEST_F(FileStoreTest, FindsAFileByIdNameAndPath) {
  const auto file = put(store, "my cv.pdf", "content");
  EXPECT_EQ(file.size, 7);
  EXPECT_EQ(file.sha256, "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73");
  for (const auto& path : {file.id, std::string("my cv.pdf"), file.id + "/my cv.pdf", "./" + file.id + "/my cv.pdf",
                           (uploads / kOne / file.id / "my cv.pdf").string()}) {
    const auto found = store.resolve(path);
    ASSERT_TRUE(found) << path << ": " << found.error().message;
    EXPECT_EQ(testing::read_file(*found), "content");
    EXPECT_EQ(found->filename(), "my cv.pdf");  // what the page sees
  }
  EXPECT_EQ(store.resolve("cv.pdf").error().code, Errc::not_found);
}

TEST_F(FileStoreTest, OfSeveralOfANameTheLastIsMeant) {
  const auto first = put(store, "cv.pdf", "first");
  const auto second = put(store, "cv.pdf", "second");
  EXPECT_EQ(testing::read_file(*store.resolve("cv.pdf")), "second");
  EXPECT_EQ(testing::read_file(*store.resolve(first.id)), "first");
  ASSERT_TRUE(store.remove(second.id));
  EXPECT_EQ(testing::read_file(*store.resolve("cv.pdf")), "first");
  EXPECT_EQ(store.remove(second.id).error().code, Errc::not_found);
}

TEST_F(FileStoreTest, TheOperatorsFilesAreEverySessions) {
  operator_puts(uploads / "terms.pdf");
  operator_puts(uploads / "letters" / "a b.txt");
  operator_puts(uploads / kOne / "mine.txt");
  fs::create_symlink(uploads / "letters", uploads / "link");
  fs::create_symlink("terms.pdf", uploads / "also.pdf");
  for (const auto& path :
       {std::string("terms.pdf"), std::string("letters/a b.txt"), std::string("letters/../terms.pdf"),
        std::string("mine.txt"), std::string(kOne) + "/mine.txt", std::string("link/a b.txt"),
        std::string("also.pdf"), (uploads / "terms.pdf").string(), "//" + (uploads / "terms.pdf").string().substr(1)}) {
    const auto found = store.resolve(path);
    ASSERT_TRUE(found) << path << ": " << found.error().message;
    EXPECT_EQ(testing::read_file(*found), "operator's");
    EXPECT_EQ(fs::canonical(*found), *found) << "the browser must find no link that somebody could turn";
  }
}

TEST_F(FileStoreTest, NothingOutsideIsReached) {
  using namespace std::string_literals;
  operator_puts(root / "secret");
  operator_puts(root / "uploads2" / "secret");
  operator_puts(uploads / "folder" / "file");
  put(store, "mine", "x");
  fs::create_symlink("/etc/passwd", uploads / "absolute");
  fs::create_symlink("../secret", uploads / "relative");
  fs::create_symlink("..", uploads / "up");
  fs::create_symlink("/", uploads / "folder" / "root");
  fs::create_symlink("loop", uploads / "loop");
  fs::create_symlink(root / "secret", uploads / kOne / "link");
  for (const auto& path :
       {"/etc/passwd"s, "/etc/shadow"s, "/no/such"s, "../secret"s, "../../../../../../etc/passwd"s,
        "folder/../../secret"s, "./../secret"s, "absolute"s, "relative"s, "up/secret"s,
        "folder/root/etc/passwd"s, "loop"s, "link"s,
        (root / "uploads2" / "secret").string(), (uploads / ".." / "secret").string(), uploads.string(),
        uploads.string() + "/", "."s, ".."s, "/"s, "folder"s, "folder/"s, std::string(kOne), "/proc/self/environ"s,
        "/dev/stdin"s, "terms\0.pdf"s, std::string(4'000, 'x'), "../" + uploads.filename().string() + "/folder/file"}) {
    expect_refused(store, path);
  }
}

TEST_F(FileStoreTest, OtherSessionsFilesAreNotReached) {
  FileStore other(uploads, kOther);
  const auto file = put(other, "salary.csv", "secret");
  const auto inside = std::string(kOther) + "/" + file.id + "/salary.csv";
  fs::create_symlink(uploads / inside, uploads / "link.csv");
  fs::create_symlink(uploads / kOther, uploads / "link");
  for (const auto& path : {inside, "./" + inside, (uploads / inside).string(), "link/" + file.id + "/salary.csv",
                           std::string("link.csv"), std::string(kOther) + "/no/such", "x/../" + inside}) {
    expect_refused(store, path);
  }
  EXPECT_EQ(store.resolve(file.id).error().code, Errc::not_found);
  EXPECT_EQ(store.resolve("salary.csv").error().code, Errc::not_found);
  EXPECT_TRUE(other.resolve("salary.csv"));
}

TEST_F(FileStoreTest, OnlyRegularFilesAreGiven) {
  ASSERT_EQ(::mkfifo((uploads / "fifo").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", uploads / "zero");
  const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (uploads / "socket").c_str(), sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  if (::mknod((uploads / "device").c_str(), S_IFCHR | 0600, 0x105) == 0) expect_refused(store, "device");
  for (const auto* path : {"fifo", "zero", "socket"}) expect_refused(store, path);
  ::close(server);
}

TEST_F(FileStoreTest, AFileThatTelltaleMayNotReadIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  operator_puts(uploads / "closed");
  fs::permissions(uploads / "closed", fs::perms::none);
  expect_refused(store, "closed");
}

TEST_F(FileStoreTest, NobodyElseMayReadWhatIsStored) {
  const auto old = ::umask(0);
  const auto file = put(store, "cv.pdf", "content");
  ::umask(old);
  const auto mode = [](const fs::path& path) { return static_cast<unsigned>(fs::status(path).permissions()); };
  EXPECT_EQ(mode(uploads / kOne), 0700u);
  EXPECT_EQ(mode(uploads / kOne / file.id), 0700u);
  EXPECT_EQ(mode(uploads / kOne / file.id / "cv.pdf"), 0600u);
  // The operator's folder for a session is made private, too.
  fs::create_directory(uploads / kOther);
  fs::permissions(uploads / kOther, fs::perms::all);
  FileStore other(uploads, kOther);
  put(other, "x", "x");
  EXPECT_EQ(mode(uploads / kOther), 0700u);
}

TEST_F(FileStoreTest, AnotherUserCanNeitherListNorReadIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const auto file = put(store, "cv.pdf", "content");
  fs::permissions(root, fs::perms::all);
  fs::permissions(uploads, fs::perms::all);
  const auto folder = uploads / kOne;
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(9);
    const bool listed = ::access(folder.c_str(), R_OK) == 0 || ::access(folder.c_str(), X_OK) == 0;
    const bool read = ::access((folder / file.id / "cv.pdf").c_str(), R_OK) == 0;
    ::_exit(listed || read ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(FileStoreTest, AnUploadThatIsNotCompletedLeavesNothing) {
  {
    auto upload = store.begin("cv.pdf", "");
    ASSERT_TRUE(upload);
    ASSERT_TRUE((*upload)->write("half"));
    EXPECT_TRUE(store.files().empty());
    EXPECT_EQ(store.resolve("cv.pdf").error().code, Errc::not_found);
  }
  std::size_t entries = 0;
  for (const auto& entry : fs::directory_iterator(uploads / kOne)) entries += entry.is_directory() ? 1 : 0;
  EXPECT_EQ(entries, 0u);
}

TEST_F(FileStoreTest, AFileHasALargestSize) {
  FileStore small(uploads, kOther, {.file_bytes = 10});
  auto upload = small.begin("big", "");
  ASSERT_TRUE(upload);
  EXPECT_TRUE((*upload)->write("12345"));
  EXPECT_TRUE((*upload)->write("67890"));
  EXPECT_EQ((*upload)->write("x").error().code, Errc::limit);
}

TEST_F(FileStoreTest, ThereIsALargestNumberOfFilesAlsoOnTheirWay) {
  std::vector<std::unique_ptr<Upload>> on_their_way;
  for (std::size_t i = 0; i < limits::kFiles; ++i) {
    if (i % 2 == 0) {
      put(store, "x", "x");
    } else {
      on_their_way.push_back(*store.begin("y", ""));
    }
  }
  const auto refused = store.begin("z", "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_NE(refused.error().message.find("100 files"), std::string::npos) << refused.error().message;
  on_their_way.pop_back();
  EXPECT_TRUE(store.begin("z", ""));
  ASSERT_TRUE(store.remove(store.files().front().id));
  EXPECT_TRUE(store.begin("z", ""));
}

TEST_F(FileStoreTest, AllFilesTogetherHaveALargestSizeAlsoOnTheirWay) {
  FileStore small(uploads, kOther, {.file_bytes = 10, .files = 100, .all_bytes = 25});
  const auto first = put(small, "first", "1234567890");
  auto second = small.begin("second", "");
  ASSERT_TRUE((*second)->write("1234567890"));
  auto third = small.begin("third", "");
  ASSERT_TRUE((*third)->write("12345"));
  const auto refused = (*third)->write("6");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_NE(refused.error().message.find("delete one first"), std::string::npos) << refused.error().message;
  third->reset();
  second->reset();
  EXPECT_TRUE(small.remove(first.id));
  put(small, "fourth", "1234567890");
  put(small, "fifth", "1234567890");
  put(small, "sixth", "12345");
}

TEST_F(FileStoreTest, TheEndOfTheSessionIsTheEndOfItsFiles) {
  put(store, "cv.pdf", "content");
  auto first = store.begin("late", "");
  auto second = store.begin("later", "");
  operator_puts(uploads / "terms.pdf");
  store.close();
  EXPECT_FALSE(fs::exists(uploads / kOne));
  EXPECT_TRUE(fs::exists(uploads / "terms.pdf"));
  EXPECT_EQ((*first)->write("x").error().code, Errc::not_found);
  EXPECT_EQ(store.commit(std::move(*second), clock).error().code, Errc::not_found);
  EXPECT_EQ(store.begin("x", "").error().code, Errc::not_found);
  EXPECT_EQ(store.resolve("terms.pdf").error().code, Errc::not_found);
  first->reset();
  EXPECT_FALSE(fs::exists(uploads / kOne));
}

TEST_F(FileStoreTest, ALinkInPlaceOfTheSessionsFolderIsNotFollowed) {
  fs::create_directory(root / "elsewhere");
  fs::create_directory_symlink(root / "elsewhere", uploads / kOne);
  EXPECT_EQ(store.begin("x", "").error().code, Errc::io);
  store.close();
  EXPECT_TRUE(fs::exists(root / "elsewhere"));
}

TEST_F(FileStoreTest, WithoutAFolderThereAreNoFiles) {
  FileStore none(fs::path(), kOne);
  for (const auto& error : {none.resolve("/etc/passwd").error(), none.begin("x", "").error()}) {
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_NE(error.message.find("--upload-dir"), std::string::npos);
  }
}

TEST_F(FileStoreTest, TheSweepRemovesWhatNobodyHolds) {
  put(store, "cv.pdf", "content");
  operator_puts(uploads / "terms.pdf");
  operator_puts(uploads / "11111111-1111-4111-8111-111111111111" / "operators.txt");
  operator_puts(uploads / kOther / ".lock", "");
  operator_puts(uploads / kOther / "x" / "left.pdf");
  EXPECT_EQ(sweep_stale_files(uploads), 1u);
  EXPECT_FALSE(fs::exists(uploads / kOther));
  EXPECT_TRUE(store.resolve("cv.pdf"));
  EXPECT_TRUE(store.resolve("terms.pdf"));
  EXPECT_TRUE(fs::exists(uploads / "11111111-1111-4111-8111-111111111111" / "operators.txt"));
  EXPECT_EQ(sweep_stale_files(root / "none"), 0u);
}

}  // namespace
}  // namespace telltale::session
