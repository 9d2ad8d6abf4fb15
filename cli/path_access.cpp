#include "cli/path_access.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>

namespace postern::cli {
namespace {

constexpr int kMaxGroups = 1024;

Identity make_identity(const passwd& entry) {
  Identity identity{entry.pw_name, entry.pw_uid, std::vector<gid_t>(kMaxGroups)};
  int count = kMaxGroups;
  getgrouplist(entry.pw_name, entry.pw_gid, identity.groups.data(), &count);
  identity.groups.resize(static_cast<std::size_t>(std::clamp(count, 0, kMaxGroups)));
  return identity;
}

}  // namespace

std::optional<Identity> identity_of(const std::string& user) {
  const auto* entry = getpwnam(user.c_str());
  if (entry == nullptr) return std::nullopt;
  return make_identity(*entry);
}

Identity own_identity() {
  const auto* entry = getpwuid(geteuid());
  if (entry != nullptr) return make_identity(*entry);
  return {"uid " + std::to_string(geteuid()), geteuid(), {getegid()}};
}

bool may(const struct stat& status, const Identity& who, Access access) {
  if (who.uid == 0) return true;
  const auto bit = static_cast<unsigned>(access);
  if (status.st_uid == who.uid) return (status.st_mode >> 6 & bit) != 0;
  const bool in_group =
      std::find(who.groups.begin(), who.groups.end(), status.st_gid) != who.groups.end();
  return (status.st_mode >> (in_group ? 3 : 0) & bit) != 0;
}

std::optional<std::filesystem::path> blocked_directory(const std::filesystem::path& file,
                                                       const Identity& who) {
  std::filesystem::path directory;
  for (const auto& part : file.parent_path()) {
    directory /= part;
    struct stat status {};
    if (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
        !may(status, who, Access::Search)) {
      return directory;
    }
  }
  return std::nullopt;
}

std::string describe(const struct stat& status) {
  const auto* user = getpwuid(status.st_uid);
  const std::string owner = user != nullptr ? user->pw_name : std::to_string(status.st_uid);
  const auto* entry = getgrgid(status.st_gid);
  const std::string group = entry != nullptr ? entry->gr_name : std::to_string(status.st_gid);
  std::string mode = "0000";
  for (unsigned i = 0; i < 3; ++i) {
    mode[3 - i] = static_cast<char>('0' + (status.st_mode >> (3 * i) & 7));
  }
  return mode + " " + owner + ":" + group;
}

}  // namespace postern::cli
