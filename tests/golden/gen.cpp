// telltale_gen <root of the repository>: writes every file that is derived from the event catalog and the
// API.

#include <cstdio>
#include <exception>
#include <fstream>

#include "api/contract.hpp"
#include "golden/derived_files.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: telltale_gen <root of the repository>\n", stderr);
    return 2;
  }
  const std::string root = argv[1];
  try {
    auto files = telltale::golden::derived_files(root);
    const std::string contract = "docs/contract.md";
    files.push_back(
        {contract, telltale::api::derive_contract(telltale::golden::read_file(root + "/" + contract))});
    for (const auto& file : files) {
      std::ofstream out(root + "/" + file.path, std::ios::binary);
      out << file.text;
      if (!out.flush()) throw std::runtime_error("cannot write " + file.path);
      std::printf("%s\n", file.path.c_str());
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "telltale_gen: %s\n", error.what());
    return 1;
  }
}
