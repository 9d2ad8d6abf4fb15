#include <sys/stat.h>

#include <filesystem>

#include "cli/config_forms.hpp"
#include "cli/database_url.hpp"
#include "cli/doctor.hpp"
#include "cli/domain_host.hpp"
#include "cli/exit_code.hpp"
#include "cli/path_access.hpp"

namespace postern::cli {
namespace {

bool holds_password(const Config& config) {
  for (const auto* url : {&config.database.url, &config.database.owner_url}) {
    if (mask_database_url(*url) != *url) return true;
  }
  return !config.mail.password.empty();
}

void examine_config_file(Findings& findings, const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return;
  if ((status.st_mode & S_IROTH) != 0) {
    findings.warn("configuration", file + " holds a password and everybody may read it",
                  "chmod o-r " + file);
  }
}

void examine_master_key(Findings& findings, const Config& config) {
  const auto& file = config.master_key_file;
  const auto me = own_identity().name;
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    findings.fail("master key", file.string() + " does not exist, or " + me + " cannot reach it",
                  "restore it from its backup; for a new installation run `postern init`");
    return;
  }
  if ((status.st_mode & 0077) != 0) {
    findings.fail("master key",
                  file.string() + " is " + describe(status) + ": others than its owner may use it",
                  "chmod 600 " + file.string() + ", and think about who may have read it");
    return;
  }
  try {
    (void)load_key_ring(config);
    findings.ok("master key",
                file.string() + " is " + describe(status) + " and " + me + " can read it");
  } catch (const CommandError& error) {
    findings.fail("master key", error.what(),
                  "run doctor as the user that runs `postern serve`, who must own the file; if its "
                  "content is damaged, restore it from its backup");
  }
}

void examine_issuer(Findings& findings, const std::string& issuer) {
  if (is_safe_issuer(issuer)) {
    findings.ok("issuer", issuer);
  } else {
    findings.fail("issuer", issuer + " is not https: credentials would cross the network in clear",
                  "serve the site by TLS and set server.issuer to its https address");
  }
}

/// An existing file, or else a new one in its directory.
bool can_write(const std::filesystem::path& file, const Identity& who) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0) return may(status, who, Access::Write);
  return ::stat(file.parent_path().c_str(), &status) == 0 && may(status, who, Access::Write);
}

void examine_place(Findings& findings, const std::string& check,
                   const std::filesystem::path& file) {
  const auto me = own_identity();
  if (const auto blocked = blocked_directory(file, me)) {
    findings.fail(check, me.name + " cannot pass " + blocked->string() + " to " + file.string(),
                  "make the directory, or give " + me.name + " its search permission");
  } else if (!can_write(file, me)) {
    findings.fail(check, me.name + " cannot write " + file.string(),
                  "give it to " + me.name + ", or name another place");
  } else {
    findings.ok(check, file.string() + " can be written by " + me.name);
  }
}

}  // namespace

void examine_files(Findings& findings, const Config& config, const ConfigFiles& files) {
  if (holds_password(config)) {
    examine_config_file(findings, files.base);
    if (!files.extra.empty()) examine_config_file(findings, files.extra);
  }
  examine_master_key(findings, config);
  examine_issuer(findings, config.domain.issuer);
  if (config.log.file.starts_with('/')) examine_place(findings, "log file", config.log.file);
  if (!config.server.pid_file.empty()) {
    examine_place(findings, "pid file", config.server.pid_file);
  }
}

}  // namespace postern::cli
