#include "cli/mail/mail_forms.hpp"

#include <algorithm>
#include <charconv>

#include "cli/config_forms.hpp"
#include "domain/ascii.hpp"
#include "domain/text.hpp"

namespace postern::cli {
namespace {

using domain::is_alphanumeric;

constexpr std::string_view kStartTls = "smtp://";
constexpr std::string_view kImplicitTls = "smtps://";
constexpr std::size_t kLongestAddress = 254;
constexpr std::size_t kLongestLocalPart = 64;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestCredential = 256;
constexpr std::size_t kLongestUrl = 1024;

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool is_atom(char c) {
  return is_alphanumeric(c) || std::string_view("!#$%&'*+/=?^_`{|}~-").find(c) != std::string::npos;
}

/// Pieces of one character or more with dots between.
bool is_dotted(std::string_view text, bool (*piece)(char)) {
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos &&
         all(text, [piece](char c) { return c == '.' || piece(c); });
}

bool is_domain(std::string_view text) {
  return is_dotted(text, [](char c) { return is_alphanumeric(c) || c == '-'; }) &&
         text.front() != '-' && text.back() != '-';
}

bool is_one_line(std::string_view text) {
  return domain::is_clean_text(text) &&
         all(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'; });
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return {};
  return port;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool MailServer::is_loopback() const {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

std::optional<MailServer> parse_mail_server(std::string_view text) {
  MailServer server;
  server.implicit_tls = text.starts_with(kImplicitTls);
  if (!server.implicit_tls && !text.starts_with(kStartTls)) return {};
  const auto authority = text.substr((server.implicit_tls ? kImplicitTls : kStartTls).size());
  // The form of host and port is that of an issuer.
  if (!is_issuer("http://" + std::string(authority))) return {};
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  server.host = std::string(authority.substr(0, has_port ? colon : authority.size()));
  server.port = server.implicit_tls ? 465 : 587;
  if (has_port) {
    const auto port = port_in(authority.substr(colon + 1));
    if (!port) return {};
    server.port = *port;
  }
  return server;
}

bool is_plain_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && text.size() <= kLongestAddress &&
         at <= kLongestLocalPart && is_dotted(text.substr(0, at), is_atom) &&
         is_domain(text.substr(at + 1));
}

std::optional<Mailbox> parse_mailbox(std::string_view text) {
  if (!text.ends_with('>')) {
    if (!is_plain_address(text)) return {};
    return Mailbox{"", std::string(text)};
  }
  const auto open = text.find('<');
  if (open == std::string_view::npos) return {};
  const auto name = trimmed(text.substr(0, open));
  const auto address = text.substr(open + 1, text.size() - open - 2);
  if (!is_plain_address(address) || !is_site_name(name)) return {};
  if (name.find_first_of("\"\\<>") != std::string_view::npos) return {};
  return Mailbox{std::string(name), std::string(address)};
}

bool is_mail_server_or_empty(std::string_view text) {
  return text.empty() || parse_mail_server(text);
}

bool is_mailbox_or_empty(std::string_view text) {
  return text.empty() || parse_mailbox(text);
}

bool is_page_url_or_empty(std::string_view text) {
  if (text.empty()) return true;
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || text.size() > kLongestUrl) return false;
  const auto path = std::min(text.find('/', scheme + 3), text.size());
  return is_issuer(text.substr(0, path)) && is_safe_issuer(text.substr(0, path)) &&
         all(text, [](char c) {
           return c > ' ' && c < '\x7f' && std::string_view("#\"<>\\").find(c) == std::string::npos;
         });
}

bool is_site_name(std::string_view text) {
  return is_one_line(text) && domain::code_points(text) <= kLongestName;
}

bool is_mail_credential(std::string_view text) {
  return is_one_line(text) && text.size() <= kLongestCredential;
}

}  // namespace postern::cli
