#include <arpa/inet.h>
#include <sys/un.h>

#include <charconv>
#include <optional>
#include <stdexcept>

#include "fcgi/listener.hpp"

namespace postern::fcgi {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw std::invalid_argument("socket address '" + std::string(text) + "': " + std::string(why));
}

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

UnixAddress parse_unix(std::string_view text, std::string_view path) {
  constexpr std::size_t kMaxPath = sizeof(sockaddr_un::sun_path) - 1;
  if (path.empty() || path.front() != '/') refuse(text, "the path must be absolute");
  if (path.find('\0') != std::string_view::npos) refuse(text, "the path holds a NUL");
  if (path.size() > kMaxPath) {
    refuse(text, "the path has " + std::to_string(path.size()) + " bytes; the system allows " +
                     std::to_string(kMaxPath));
  }
  return {std::string(path)};
}

TcpAddress parse_tcp(std::string_view text, std::string_view rest) {
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) refuse(text, "the port is missing");
  const auto port = whole_number<std::uint16_t>(rest.substr(colon + 1));
  if (!port || *port == 0) refuse(text, "the port must be a number from 1 to 65535");

  std::string_view host = rest.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  TcpAddress address{std::string(host), *port};
  in6_addr scratch{};
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, address.host.c_str(), &scratch) != 1) {
    refuse(text, "the host must be an IPv4 address or an IPv6 address in brackets");
  }
  return address;
}

}  // namespace

SocketAddress parse_socket_address(std::string_view text) {
  if (text.starts_with("unix:")) return parse_unix(text, text.substr(5));
  if (text.starts_with("tcp:")) return parse_tcp(text, text.substr(4));
  if (text.starts_with("fd:")) {
    const auto fd = whole_number<int>(text.substr(3));
    if (!fd || *fd < 0) refuse(text, "fd: takes a descriptor's number");
    return InheritedSocket{*fd};
  }
  refuse(text, "it must begin with unix:, tcp: or fd:");
}

}  // namespace postern::fcgi
