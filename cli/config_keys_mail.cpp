#include "cli/config_keys_mail.hpp"

#include "cli/config_forms.hpp"
#include "cli/mail/mail_forms.hpp"

namespace postern::cli {
namespace {

constexpr const char* kServerForm =
    "\"smtp://host\", \"smtps://host\", either with \":port\", or \"\" for no mail";
constexpr const char* kPageForm =
    "\"https://host/path\" (http:// for this machine alone) without \"#\", or \"\"";

void add_server(KeyTable& t) {
  t.words("mail.server", "", is_mail_server_or_empty, kServerForm, [](Config& c, const Value& v) {
    c.mail.server = text(v);
    c.domain.mail.enabled = !text(v).empty();
  });
  t.choice("mail.tls", "required", "required|none",
           [](Config& c, const Value& v) { c.mail.tls = text(v) == "required"; });
  t.words("mail.ca_file", "", is_absolute_path_or_empty,
          "an absolute path, or \"\" for the system's certificates",
          [](Config& c, const Value& v) { c.mail.ca_file = text(v); });
  t.words("mail.username", "", is_mail_credential, "one line of text, or \"\" for none",
          [](Config& c, const Value& v) { c.mail.username = text(v); });
  t.words(
      "mail.password", "", is_mail_credential, "one line of text, or \"\" for none",
      [](Config& c, const Value& v) { c.mail.password = domain::Secret(text(v)); },
      Key::Kind::Password);
}

void add_letters(KeyTable& t) {
  t.words("mail.from", "", is_mailbox_or_empty,
          "\"local@domain\", \"Name <local@domain>\", or \"\" where there is no mail",
          [](Config& c, const Value& v) { c.mail.from = text(v); });
  t.words("mail.site_name", "", is_site_name,
          "up to 64 characters in one line, or \"\" for the issuer's host",
          [](Config& c, const Value& v) { c.mail.site_name = text(v); });
  t.words("mail.confirm_url", "", is_page_url_or_empty, kPageForm,
          [](Config& c, const Value& v) { c.mail.confirm_url = text(v); });
  t.words("mail.reset_url", "", is_page_url_or_empty, kPageForm,
          [](Config& c, const Value& v) { c.mail.reset_url = text(v); });
  t.boolean("mail.notices", true,
            [](Config& c, const Value& v) { c.domain.mail.notices = flag(v); });
  t.number("mail.verify_hours", 24, 1, 168, [](Config& c, const Value& v) {
    c.domain.mail.verify_lifetime = domain::hours(integer(v));
  });
  t.number("mail.reset_minutes", 60, 5, 1440, [](Config& c, const Value& v) {
    c.domain.mail.reset_lifetime = domain::minutes(integer(v));
  });
  t.number("mail.code_seconds", 300, 60, 3600, [](Config& c, const Value& v) {
    c.domain.mail.code_lifetime = domain::seconds(integer(v));
  });
  t.words("mail.template_directory", "", is_absolute_path_or_empty,
          "an absolute path, or \"\" for the built-in letters",
          [](Config& c, const Value& v) { c.mail.template_directory = text(v); });
}

}  // namespace

void add_mail_keys(KeyTable& table) {
  add_server(table);
  add_letters(table);
}

}  // namespace postern::cli
