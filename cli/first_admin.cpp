#include "cli/first_admin.hpp"

#include <fcntl.h>
#include <json/value.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "cli/domain_host.hpp"
#include "cli/output.hpp"
#include "cli/private_file.hpp"
#include "cli/refusal.hpp"
#include "domain/account.hpp"
#include "handlers/json_body.hpp"

namespace postern::cli {
namespace {

constexpr std::size_t kMaxFile = 8192;
constexpr const char* kExists = "An administrator exists already.";

std::string content_of(const FirstAdmin& wanted, const domain::Secret& password) {
  Json::Value json;
  json["username"] = wanted.username;
  json["email"] = wanted.email;
  json["password"] = std::string(password.reveal());
  return handlers::write_json(json) + "\n";
}

/// The text of a regular file that is ours alone; "" for anything else.
std::string read_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return "";
  struct stat status {};
  std::string text(kMaxFile, '\0');
  ssize_t size = 0;
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
      (status.st_mode & 0077) == 0 && status.st_uid == ::geteuid()) {
    size = ::read(descriptor, text.data(), text.size());
  }
  ::close(descriptor);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

std::string text_member(const Json::Value& json, const char* name) {
  const auto& member = json[name];
  return member.isString() ? member.asString() : "";
}

/// The password of an earlier attempt at this same administrator.
domain::Secret adopt_password(const FirstAdmin& wanted) {
  const auto parsed = handlers::parse_json(read_private_file(wanted.credentials_file));
  if (parsed.value && parsed.value->isObject() &&
      text_member(*parsed.value, "username") == wanted.username &&
      text_member(*parsed.value, "email") == wanted.email &&
      !text_member(*parsed.value, "password").empty()) {
    return domain::Secret(text_member(*parsed.value, "password"));
  }
  throw CommandError(kRefused, "--credentials-file " + printable(wanted.credentials_file.string()) +
                                   " exists already and does not hold this administrator's "
                                   "credentials; name another file, or move it away");
}

/// Whether this call made the file, and the password that is in it.
std::pair<bool, domain::Secret> settle_password(domain::Services& services,
                                                const FirstAdmin& wanted) {
  domain::Secret fresh(domain::random_base62(services.random, wanted.password_length));
  try {
    if (create_private_file(wanted.credentials_file, content_of(wanted, fresh))) {
      return {true, std::move(fresh)};
    }
  } catch (const std::system_error& error) {
    throw CommandError(kRefused, std::string("--credentials-file: ") + error.what());
  }
  return {false, adopt_password(wanted)};
}

domain::Result<domain::Account> make_account(domain::Services& services, const FirstAdmin& wanted,
                                             const domain::Secret& password) {
  domain::NewAccount account;
  account.username = wanted.username;
  account.email = wanted.email;
  account.password = password;
  account.role = "admin";
  try {
    return domain::create_first_admin(services, account, CommandHost::origin());
  } catch (const domain::DatabaseUnavailable& error) {
    throw CommandError(kDatabase, std::string("the database went away (") + error.what() +
                                      "), perhaps after it had made the administrator; its "
                                      "password is in " +
                                      printable(wanted.credentials_file.string()) +
                                      "; run the same command again");
  }
}

}  // namespace

std::string ensure_first_admin(domain::Services& services, const FirstAdmin& wanted) {
  if (domain::any_admin_exists(services)) return kExists;
  const auto [made_file, password] = settle_password(services, wanted);
  const auto account = make_account(services, wanted, password);
  if (!account.ok()) {
    if (made_file) ::unlink(wanted.credentials_file.c_str());
    // A worker's set-up page was quicker.
    if (account.error().code == domain::Errc::NotPermitted) return kExists;
    throw refusal("administrator '" + printable(wanted.username) + "'", account.error());
  }
  return "Made the administrator " + printable(wanted.username) + "; the password is in " +
         printable(wanted.credentials_file.string()) + ".";
}

}  // namespace postern::cli
