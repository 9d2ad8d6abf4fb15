#include "tests/support/matrix_world.hpp"

#include <chrono>
#include <functional>
#include <regex>
#include <stdexcept>

#include "domain/bot_token.hpp"
#include "domain/dialect_profile.hpp"
#include "domain/invite.hpp"
#include "domain/mail_link.hpp"
#include "domain/role.hpp"
#include "domain/standing_refresh.hpp"
#include "domain/text.hpp"

namespace postern::test {
namespace {

using domain::days;
using domain::NewKey;

constexpr const char* kRoles[] = {"member",  "streamer", "contributor", "moderator",
                                  "manager", "owner",    "admin"};

NewKey key_of_style(const std::string& dialect, const std::string& type,
                    std::vector<std::string> permissions = {}) {
  NewKey wanted;
  wanted.name = "made for a test";
  wanted.dialect = dialect;
  wanted.type = type;
  wanted.permissions = std::move(permissions);
  return wanted;
}

NewKey expiring(NewKey wanted, days lifetime) {
  wanted.lifetime = lifetime;
  return wanted;
}

constexpr const char* kKitsuRoles[] = {"user", "supervisor", "manager", "client", "vendor"};

bool is_token(const domain::Secret& credential) {
  return credential.reveal().starts_with("eyJ");
}

}  // namespace

fcgi::Request presented(fcgi::Request request, std::string_view dialect,
                        const domain::Secret& credential) {
  if (credential.empty()) return request;
  if (credential.reveal().starts_with("pbs_")) {
    const auto cookie = "__Host-postern_session=" + std::string(credential.reveal());
    return with_header(std::move(request), "cookie", cookie);
  }
  const bool in_own_header = dialect == "openskip" || dialect == "dispatcharr";
  if (in_own_header && !is_token(credential)) {
    return with_header(std::move(request), "x-api-key", credential.reveal());
  }
  return with_bearer(std::move(request), credential);
}

MatrixWorld::MatrixWorld() {
  domain.settings.registration.per_network_per_hour = 1000;
  settings.native.requests_per_minute = 0;
  settings.dispatcharr.logins_per_minute = 0;
  settings.openskip.sign_ins_per_minute = 0;
  hold("nobody", {});
  hold("nobody, with garbage", domain::Secret("garbage"));
  hold_what_is_over();
  for (const char* role : kRoles) hold_session(role);
  const auto member = make_account("member");
  hold("personal key of a member", key_of(member.id), member.id);
  const auto admin = make_account("admin");
  hold("personal key of an admin", key_of(admin.id), admin.id);
  hold_key("named key of a contributor", "contributor", key_of_style("native", "", {"submit"}));
  hold_key("OpenSkip key of a contributor", "contributor",
           key_of_style("openskip", "", {"submit"}));
  hold_key("SkedCast key of an owner", "owner",
           expiring(key_of_style("skedcast", "live", {"posts.read"}), days(30)));
  hold_key("Scriptix key of a member", "member", key_of_style("scriptix", "live"));
  hold_key("Scriptix token of a member", "member", key_of_style("scriptix", "batch"));
  NewKey elsewhere = key_of_style("native", "");
  elsewhere.restrictions.cidrs = {"198.51.100.0/24"};
  hold_key("key for another network", "member", elsewhere);
  hold_of_the_disabled();
  hold_kitsu_credentials();
  hold_kitsu_credentials_that_are_over();
  hold_oauth_credentials();
}

/// What is made at different times has an order in every list.
domain::Account MatrixWorld::make_account(const std::string& role) {
  domain.clock.advance(std::chrono::milliseconds(1));
  return domain.account("user" + std::to_string(++accounts_), role);
}

domain::Secret MatrixWorld::named_key(domain::AccountId account, const NewKey& wanted) {
  domain.clock.advance(std::chrono::milliseconds(1));
  return domain::issue_key(domain.services, account, wanted, account, domain.origin).value().text;
}

void MatrixWorld::hold(std::string name, domain::Secret credential,
                       std::optional<domain::AccountId> account) {
  holders_.push_back({std::move(name), std::move(credential), account});
}

void MatrixWorld::hold_session(const std::string& role) {
  const auto account = make_account(role);
  hold("session of a " + role, domain.login(account.username).access, account.id);
}

void MatrixWorld::hold_kitsu_session(const std::string& role) {
  const auto account = make_account(role);
  const auto tokens = domain.login(account.username, domain::SessionKind::Kitsu);
  hold("Kitsu session of a " + role, tokens.access, account.id);
}

void MatrixWorld::hold_key(std::string name, const std::string& role, const NewKey& wanted) {
  const auto account = make_account(role);
  hold(std::move(name), named_key(account.id, wanted), account.id);
}

/// The lifetimes of an access token and of a key pass before anything else is made.
void MatrixWorld::hold_what_is_over() {
  const auto late = make_account("member");
  const auto expired_token = domain.login(late.username).access;
  const auto expired_key = named_key(late.id, expiring(key_of_style("native", ""), days(1)));
  domain.clock.advance(days(2));
  hold("expired session", expired_token, late.id);
  hold("expired key", expired_key, late.id);

  const auto out = make_account("member");
  const auto tokens = domain.login(out.username);
  (void)domain::end_session(domain.services, out.id, tokens.session, domain::AuditEvent::LoggedOut,
                            std::nullopt, domain.origin);
  hold("revoked session", tokens.access, out.id);
  hold("refresh token", domain.login(out.username).refresh, out.id);
  const auto revoked = key_of(out.id);
  (void)domain::revoke_personal_key(domain.services, out.id, std::nullopt, domain.origin);
  hold("revoked key", revoked, out.id);
}

domain::Account MatrixWorld::make_bot(const std::string& role) {
  domain.clock.advance(std::chrono::milliseconds(1));
  domain::NewAccount wanted;
  wanted.username = "bot" + std::to_string(++accounts_);
  wanted.email = wanted.username + "@example.org";
  wanted.role = role;
  wanted.is_bot = true;
  return domain::create_account(domain.services, wanted, std::nullopt, domain.origin).value();
}

domain::Secret MatrixWorld::token_of(const domain::Account& account,
                                     const std::optional<std::string>& ends_on) {
  return domain::issue_bot_token(domain.services, account.id, ends_on, account.id, domain.origin)
      .value()
      .text;
}

void MatrixWorld::hold_kitsu_credentials() {
  for (const char* role : kKitsuRoles) hold_kitsu_session(role);
  const auto person = make_account("user");
  hold("Kitsu refresh token", domain.login(person.username, domain::SessionKind::Kitsu).refresh,
       person.id);
  hold("scripts' token of a user", token_of(person), person.id);
  const auto bot = make_bot("user");
  hold("token of a bot", token_of(bot), bot.id);
  const auto admin = make_bot("admin");
  hold("token of a bot that is an admin", token_of(admin), admin.id);
}

void MatrixWorld::hold_kitsu_credentials_that_are_over() {
  const auto replaced = make_bot("user");
  hold("revoked token of a bot", token_of(replaced), replaced.id);
  (void)token_of(replaced);
  const auto now = domain.clock.now();
  domain.clock.set(now - days(2));
  const auto late = make_bot("user");
  hold("expired token of a bot", token_of(late, domain::rfc3339(domain.clock.now()).substr(0, 10)),
       late.id);
  domain.clock.set(now);
  const auto disabled = make_bot("user");
  hold("token of a bot that is disabled", token_of(disabled), disabled.id);
  domain::AccountChange disable;
  disable.is_active = false;
  (void)domain::update_account(domain.services, disabled.id, disable, std::nullopt, domain.origin);
}

void MatrixWorld::hold_of_the_disabled() {
  const auto gone = make_account("member");
  const auto tokens = domain.login(gone.username);
  hold("session of somebody disabled", tokens.access, gone.id);
  hold("key of somebody disabled", key_of(gone.id), gone.id);
  domain::AccountChange disable;
  disable.is_active = false;
  (void)domain::update_account(domain.services, gone.id, disable, std::nullopt, domain.origin);
}

/// Without letting the time go by, in which the others' sessions would end.
Enrolled MatrixWorld::enrol_now(const domain::Account& account) {
  const auto now = domain.clock.now();
  auto enrolled = enrol(domain, account);
  domain.clock.set(now);
  const auto tokens = domain::reissue_tokens(domain.services, account.id, enrolled.session);
  renewed_.insert_or_assign(account.id.text(), tokens.value().access);
  return enrolled;
}

domain::Secret MatrixWorld::credential_of(const Holder& holder) const {
  const auto renewed = holder.account ? renewed_.find(holder.account->text()) : renewed_.end();
  return renewed == renewed_.end() ? holder.credential : renewed->second;
}

std::string MatrixWorld::make(const std::string& name, const domain::Account& owner) {
  domain.clock.advance(std::chrono::milliseconds(1));
  if (name.starts_with("oauth-")) return make_for_client(name, owner);
  auto& with = domain.services;
  const auto number_of = [&](NewKey wanted) {
    wanted.name += " " + std::to_string(++things_);
    const auto issued = domain::issue_key(with, owner.id, wanted, owner.id, domain.origin);
    return std::to_string(issued.value().key.number);
  };
  const std::map<std::string, std::function<std::string()>> makers{
      {"account", [&] { return owner.id.text(); }},
      {"number", [&] { return std::to_string(owner.number); }},
      {"username", [&] { return owner.username; }},
      {"password", [&] { return std::string(DomainWorld::kPassword); }},
      {"session", [&] { return domain.login(owner.username).session.text(); }},
      {"refresh", [&] { return std::string(domain.login(owner.username).refresh.reveal()); }},
      {"dispatcharr-refresh",
       [&] {
         const auto kind = domain::SessionKind::Dispatcharr;
         return std::string(domain.login(owner.username, kind).refresh.reveal());
       }},
      {"key",
       [&] {
         auto wanted = key_of_style("native", "");
         wanted.name += " " + std::to_string(++things_);
         return domain::issue_key(with, owner.id, wanted, owner.id, domain.origin)
             .value()
             .key.id.text();
       }},
      {"personal-number",
       [&] {
         return std::to_string(
             domain::generate_personal_key(with, owner.id, owner.id, domain.origin)
                 .value()
                 .key.number);
       }},
      {"key-number", [&] { return number_of(key_of_style("native", "")); }},
      {"osk-number", [&] { return number_of(key_of_style("openskip", "")); }},
      {"sk-number", [&] { return number_of(key_of_style("scriptix", "live")); }},
      {"token-number", [&] { return number_of(key_of_style("scriptix", "batch")); }},
      {"role",
       [&] {
         const std::string role = "made" + std::to_string(++things_);
         (void)domain::put_role(with, role, {{"read"}, "Made for a test"}, std::nullopt,
                                domain.origin);
         return role;
       }},
      {"group",
       [&] {
         domain::Group group;
         group.name = "group " + std::to_string(++things_);
         return std::to_string(domain::save_group(with, "dispatcharr", group).value().number);
       }},
      {"invite",
       [&] {
         return domain::create_invite(with, {}, std::nullopt, domain.origin)
             .value()
             .invite.id.text();
       }},
      {"invite-code",
       [&] {
         return std::string(
             domain::create_invite(with, {}, std::nullopt, domain.origin).value().code.reveal());
       }},
      {"reset-token",
       [&] {
         return std::string(
             domain::make_reset_link(with, owner.id, std::nullopt, domain.origin).value().reveal());
       }},
      {"protected", [&] { return enrol_now(owner), owner.id.text(); }},
      {"recovery-code",
       [&] { return std::string(enrol_now(owner).recovery_codes.front().reveal()); }},
      {"totp-code",
       [&] {
         const auto session = domain.login(owner.username).session;
         const auto started = domain::start_totp(with, owner.id, {session, {}}, domain.origin);
         const Authenticator app(started.value().secret);
         return std::string(app.code(domain.clock.now()).reveal());
       }},
      {"fresh", [&] { return "fresh" + std::to_string(++things_); }},
  };
  const auto maker = makers.find(name);
  if (maker == makers.end()) throw std::invalid_argument("a golden file asks for {" + name + "}");
  return maker->second();
}

std::string MatrixWorld::filled(std::string text, std::optional<domain::AccountId> owner) {
  static const std::regex kPlaceholder(R"(\{([a-z-]+)\})");
  std::optional<domain::Account> account;
  if (owner) account = domain::find_account(domain.services, *owner).value();
  std::smatch found;
  while (std::regex_search(text, found, kPlaceholder)) {
    if (!account) account = make_account("contributor");
    const auto value = make(found[1].str(), *account);
    text.replace(static_cast<std::size_t>(found.position()),
                 static_cast<std::size_t>(found.length()), value);
  }
  return text;
}

}  // namespace postern::test
