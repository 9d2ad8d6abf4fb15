#include "domain/invite.hpp"

#include <json/value.h>

#include "cli/commands.hpp"
#include "cli/domain_host.hpp"
#include "cli/find_account.hpp"
#include "cli/output.hpp"
#include "cli/refusal.hpp"
#include "domain/text.hpp"

namespace postern::cli {
namespace {

Json::Value json_of(const domain::Invite& invite, domain::Instant now) {
  Json::Value json;
  json["id"] = invite.id.text();
  json["code_prefix"] = invite.code_prefix;
  json["role"] = invite.role;
  json["max_uses"] = Json::Int64{invite.max_uses};
  json["uses"] = Json::Int64{invite.uses};
  json["created_at"] = domain::rfc3339(invite.created_at);
  json["expires_at"] = domain::rfc3339(invite.expires_at);
  json["status"] = std::string(name_of(invite.status(now)));
  return json;
}

std::vector<std::string> row_of(const domain::Invite& invite, domain::Instant now) {
  return {invite.id.text(),
          invite.code_prefix,
          printable(invite.role),
          std::to_string(invite.uses) + "/" + std::to_string(invite.max_uses),
          std::string(name_of(invite.status(now))),
          domain::rfc3339(invite.expires_at)};
}

/// The code is the last line, alone: a script finds it there.
std::string told(const domain::IssuedInvite& issued, const InviteCreateOptions& options,
                 bool mail_enabled) {
  const auto& invite = issued.invite;
  std::string text = "Invitation " + invite.id.text() + ": role " + printable(invite.role) + ", " +
                     std::to_string(invite.max_uses) + (invite.max_uses == 1 ? " use" : " uses") +
                     ", until " + domain::rfc3339(invite.expires_at) + ".\n";
  if (options.email) {
    text += mail_enabled ? "A letter with it is on its way.\n"
                         : "No letter goes out: mail is not set up (mail.server).\n";
  }
  return text + "Its code, shown this once:\n" + std::string(issued.code.reveal()) + "\n";
}

}  // namespace

int invite_create(const ConfigFiles& files, const InviteCreateOptions& options) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  domain::NewInvite wanted;
  wanted.role = options.role;
  wanted.max_uses = options.uses;
  wanted.lifetime = std::chrono::days(options.days);
  wanted.email = options.email;
  const auto issued =
      expect(domain::create_invite(host.services(), wanted, std::nullopt, CommandHost::origin()),
             "invitation");
  print(told(issued, options, loaded.config.domain.mail.enabled));
  return kOk;
}

int invite_list(const ConfigFiles& files, bool json_wanted) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  auto& services = host.services();
  const auto now = services.clock.now();
  Json::Value json(Json::arrayValue);
  Table table({"ID", "BEGINS WITH", "ROLE", "USES", "STATUS", "UNTIL"});
  for_each_item(
      [&](const domain::PageRequest& request) {
        return expect(domain::list_invites(services, request), "invite list");
      },
      [&](const domain::Invite& invite) {
        if (json_wanted) {
          json.append(json_of(invite, now));
        } else {
          table.add(row_of(invite, now));
        }
      });
  if (json_wanted) {
    print_json(json);
  } else {
    print(table.text());
  }
  return kOk;
}

int invite_revoke(const ConfigFiles& files, const std::string& text) {
  const auto id = domain::InviteId::parse(text);
  if (!id)
    throw CommandError(kUsage, "that is no invitation's id; `postern invite list` shows them");
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  const auto revoked =
      domain::revoke_invite(host.services(), *id, std::nullopt, CommandHost::origin());
  if (!revoked && revoked.error().code == domain::Errc::NotFound)
    throw CommandError(kRefused,
                       "invitation " + id->text() + ": there is none, or it is over already");
  (void)expect(revoked, "invitation " + id->text());
  print("Invitation " + id->text() + " is taken back: nobody registers with it from now on.\n");
  return kOk;
}

}  // namespace postern::cli
