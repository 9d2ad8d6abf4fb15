#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern::cli {

/// What the texts about mail in postern.toml must look like, and what they say.

/// `smtp://host[:port]` (587), which is then encrypted by STARTTLS, or `smtps://host[:port]` (465),
/// which is so from the start. A host is a name, an IPv4 address or an IPv6 one in brackets.
struct MailServer {
  bool implicit_tls = false;
  std::string host;
  std::uint16_t port = 0;

  [[nodiscard]] bool is_loopback() const;
};
[[nodiscard]] std::optional<MailServer> parse_mail_server(std::string_view text);

/// `Name <local@domain>` or `local@domain`. The name is text without control characters, quotation
/// marks, backslashes and angle brackets, of 64 characters at most.
struct Mailbox {
  std::string name;
  std::string address;
};
[[nodiscard]] std::optional<Mailbox> parse_mailbox(std::string_view text);

/// An address that can stand in a header and in an SMTP command as it is: a dot-atom on either side
/// (RFC 5321 section 4.1.2), no quoted part, no literal, ASCII.
[[nodiscard]] bool is_plain_address(std::string_view text);

[[nodiscard]] bool is_mail_server_or_empty(std::string_view text);
[[nodiscard]] bool is_mailbox_or_empty(std::string_view text);
/// "" or the absolute address of a page, https or this machine's own, without a fragment: a letter
/// adds `#token=…` to it.
[[nodiscard]] bool is_page_url_or_empty(std::string_view text);
/// One line of text, 64 characters at most; "" for none.
[[nodiscard]] bool is_site_name(std::string_view text);
/// One line of text, 256 bytes at most; "" for none.
[[nodiscard]] bool is_mail_credential(std::string_view text);

}  // namespace postern::cli
