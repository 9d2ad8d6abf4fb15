#pragma once

#include <string>

#include "cli/config.hpp"
#include "cli/mail/letter_templates.hpp"
#include "cli/mail/smtp_sender.hpp"
#include "domain/mail_room.hpp"

namespace postern::cli {

/// What letters call the site: the setting, else the issuer's host.
[[nodiscard]] std::string site_name(const Config& config);

/// What a template is given for a letter: its values, and besides site_name, username, when, link
/// and good_for (where there is a link), agent (in place of user_agent), and for each `how` and
/// `change` a section of its own: how_reset, change_enabled, …
///
/// The link is the page of the settings with the secret behind '#': a browser sends that to no
/// server, so that it stands in no log; no header of a request has a part in it (CVE-2025-64101).
[[nodiscard]] LetterValues values_of(const domain::ReadyLetter& letter, const Config& config);

/// Writes letters and sends them.
class Mailer {
 public:
  /// Throws TemplateError. The configuration has a mail server, and must outlive this.
  explicit Mailer(const Config& config)
      : config_(config), templates_(config.mail.template_directory), sender_(config.mail) {}

  [[nodiscard]] domain::Delivery send(const domain::ReadyLetter& letter, domain::Instant now);
  /// A letter that says that it arrived. `id` is for the Message-ID.
  [[nodiscard]] domain::Delivery send_test(const std::string& to, const std::string& id,
                                           domain::Instant now);

 private:
  const Config& config_;
  LetterTemplates templates_;
  SmtpSender sender_;
};

}  // namespace postern::cli
