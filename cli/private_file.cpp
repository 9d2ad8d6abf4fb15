#include "cli/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "fcgi/unique_fd.hpp"

namespace postern::cli {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, int error) {
  throw std::system_error(error, std::generic_category(), file.string());
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

void sync_directory(const std::filesystem::path& directory) {
  const fcgi::UniqueFd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) fail(directory, errno);
}

/// Removes the name it holds, whichever way its scope ends.
struct Unlink {
  std::string name;
  ~Unlink() { ::unlink(name.c_str()); }
};

}  // namespace

bool create_private_file(const std::filesystem::path& file, std::string_view content) {
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  std::string draft = (directory / ("." + file.filename().string() + ".XXXXXX")).string();
  const fcgi::UniqueFd opened(::mkostemp(draft.data(), O_CLOEXEC));  // mode 0600, exclusive
  if (!opened) fail(file, errno);
  const Unlink remove{draft};
  if (::fchmod(opened.get(), 0600) != 0 || !write_all(opened.get(), content)) fail(file, errno);
  if (::link(draft.c_str(), file.c_str()) != 0) {
    if (errno == EEXIST) return false;
    fail(file, errno);
  }
  sync_directory(directory);
  return true;
}

}  // namespace postern::cli
