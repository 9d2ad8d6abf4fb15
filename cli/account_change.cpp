#include <algorithm>

#include "cli/commands.hpp"
#include "cli/domain_host.hpp"
#include "cli/find_account.hpp"
#include "cli/output.hpp"
#include "cli/refusal.hpp"
#include "domain/account.hpp"
#include "domain/password_change.hpp"
#include "domain/totp.hpp"

namespace postern::cli {
namespace {

constexpr std::size_t kRandomLength = 24;  // 142 bits

std::size_t random_length(const Config& config) {
  return std::max<std::size_t>(kRandomLength, config.domain.password.min_length);
}

/// The last thing a command prints: a script finds the password on the last line, alone.
std::string shown_once(const domain::Secret& password) {
  return "Its password, shown this once:\n" + std::string(password.reveal()) + "\n";
}

int change(const ConfigFiles& files, const std::string& who, const domain::AccountChange& wanted,
           const std::string& done) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  const auto account = find_meant_account(host.services(), who);
  (void)expect(domain::update_account(host.services(), account.id, wanted, std::nullopt,
                                      CommandHost::origin()),
               "account '" + printable(account.username) + "'");
  host.settle();
  print("Account " + printable(account.username) + " " + done + ".\n");
  return kOk;
}

}  // namespace

int account_add(const ConfigFiles& files, const AccountAddOptions& options) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  domain::NewAccount wanted;
  wanted.username = options.username;
  wanted.email = options.email;
  wanted.role = options.role;
  wanted.is_bot = options.bot;
  if (!options.bot) {
    wanted.password =
        read_password(options.source, host.services().random, random_length(loaded.config));
  }
  const auto account =
      expect(domain::create_account(host.services(), wanted, std::nullopt, CommandHost::origin()),
             "account '" + printable(options.username) + "'");
  std::string text = "Account " + printable(account.username) + " made, with the role " +
                     printable(account.role) + ".\n";
  if (wanted.password && options.source == PasswordSource::Random) {
    text += shown_once(*wanted.password);
  }
  print(text);
  return kOk;
}

int account_disable(const ConfigFiles& files, const std::string& who) {
  domain::AccountChange wanted;
  wanted.is_active = false;
  return change(files, who, wanted, "disabled: its sessions have ended, its keys are refused");
}

int account_enable(const ConfigFiles& files, const std::string& who) {
  domain::AccountChange wanted;
  wanted.is_active = true;
  return change(files, who, wanted, "enabled");
}

int account_approve(const ConfigFiles& files, const std::string& who) {
  domain::AccountChange wanted;
  wanted.is_approved = true;
  return change(files, who, wanted, "approved");
}

int account_role(const ConfigFiles& files, const std::string& who, const std::string& role) {
  domain::AccountChange wanted;
  wanted.role = role;
  return change(files, who, wanted, "now has the role " + printable(role));
}

int account_mfa_reset(const ConfigFiles& files, const std::string& who) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  const auto account = find_meant_account(host.services(), who);
  (void)expect(
      domain::reset_second_factor(host.services(), account.id, std::nullopt, CommandHost::origin()),
      "account '" + printable(account.username) + "'");
  host.settle();
  print("Account " + printable(account.username) +
        " has no second factor any more; all its sessions have ended.\n"
        "A password too short to stand alone has ended with it: set one with `postern account "
        "password`.\n");
  return kOk;
}

int account_password(const ConfigFiles& files, const std::string& who, PasswordSource source) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  const auto account = find_meant_account(host.services(), who);
  const auto password = read_password(source, host.services().random, random_length(loaded.config));
  (void)expect(domain::set_password(host.services(), account.id, password, std::nullopt,
                                    CommandHost::origin()),
               "account '" + printable(account.username) + "'");
  host.settle();
  std::string text = "Account " + printable(account.username) +
                     " has a new password; all its sessions have ended.\n";
  if (source == PasswordSource::Random) text += shown_once(password);
  print(text);
  return kOk;
}

}  // namespace postern::cli
