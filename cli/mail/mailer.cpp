#include "cli/mail/mailer.hpp"

#include "cli/mail/letter_words.hpp"

namespace postern::cli {
namespace {

/// What a letter brings along for others than its reader.
constexpr const char* kUserAgent = "user_agent";
constexpr const char* kRequestId = "request_id";

void say_which(LetterValues& values, const std::string& name) {
  const auto found = values.find(name);
  if (found == values.end() || found->second.empty()) return;
  const std::string section = name + "_" + found->second;
  values[section] = "yes";
}

std::string link_of(const domain::ReadyLetter& letter, const MailTransport& transport) {
  if (letter.token.empty()) return "";
  const auto& page =
      letter.kind == domain::MailKind::ResetPassword ? transport.reset_url : transport.confirm_url;
  return page + "#token=" + std::string(letter.token.reveal());
}

}  // namespace

std::string site_name(const Config& config) {
  if (!config.mail.site_name.empty()) return config.mail.site_name;
  const auto& issuer = config.domain.issuer;
  const auto scheme = issuer.find("://");
  return scheme == std::string::npos ? issuer : issuer.substr(scheme + 3);
}

LetterValues values_of(const domain::ReadyLetter& letter, const Config& config) {
  LetterValues values = letter.values;
  const auto agent = values.find(kUserAgent);
  if (agent != values.end()) values["agent"] = agent_words(agent->second);
  values.erase(kUserAgent);
  values.erase(kRequestId);
  say_which(values, "how");
  say_which(values, "change");
  values["site_name"] = site_name(config);
  values["when"] = words_of(letter.asked_at);
  values["link"] = link_of(letter, config.mail);
  if (letter.good_for.count() != 0) values["good_for"] = words_of(letter.good_for);
  return values;
}

domain::Delivery Mailer::send(const domain::ReadyLetter& letter, domain::Instant now) {
  return sender_.send({letter.id.text(), letter.to,
                       templates_.render(name_of(letter.kind), values_of(letter, config_))},
                      now);
}

domain::Delivery Mailer::send_test(const std::string& to, const std::string& id,
                                   domain::Instant now) {
  return sender_.send({id, to, templates_.render("test", {{"site_name", site_name(config_)}})},
                      now);
}

}  // namespace postern::cli
