#include "cli/provider_secret.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "cli/exit_code.hpp"
#include "fcgi/unique_fd.hpp"

namespace postern::cli {
namespace {

constexpr std::size_t kLongest = 1024;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
  throw CommandError(kConfiguration,
                     "sso.provider.client_secret_file: " + file.string() + " " + what);
}

/// What is in it, and one byte more than it may have, so that too much is seen.
std::string read_some(const fcgi::UniqueFd& file) {
  std::string text(kLongest + 2, '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + have, text.size() - have);
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  return text;
}

}  // namespace

domain::Secret read_secret_file(const std::filesystem::path& path) {
  const fcgi::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    fail(path, "cannot be read");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    fail(path, "is open to group or others: chmod 600 it");
  }
  std::string text = read_some(file);
  if (text.ends_with('\n')) text.pop_back();
  const bool visible =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (text.empty() || text.size() > kLongest || !visible) {
    fail(path, "must hold one line of 1 to 1024 visible characters");
  }
  return domain::Secret(std::move(text));
}

void read_provider_secrets(LoadedConfig& loaded) {
  auto& providers = loaded.config.handlers.sso.providers;
  for (std::size_t i = 0; i < providers.size(); ++i) {
    const auto& file = loaded.providers.at(i).client_secret_file;
    if (!file.empty()) providers[i].client_secret = read_secret_file(file);
  }
}

}  // namespace postern::cli
