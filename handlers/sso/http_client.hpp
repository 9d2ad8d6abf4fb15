#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/result.hpp"
#include "domain/secret.hpp"

namespace postern::handlers::sso {

/// What is asked of a provider.
struct HttpQuestion {
  std::string url;
  std::optional<domain::Secret> form;           ///< a POST of a URL-encoded form; none: a GET
  std::optional<domain::Secret> authorization;  ///< the whole value of the header
  std::string ca_file;  ///< of the authority that signed its certificate; "": the system's
  /// Whether an address (IPv4 or IPv6, as text) may be connected to. Asked of the very address that
  /// is about to be connected to, whatever the host's name resolved to before. None: any.
  std::function<bool(const std::string& address)> may_connect{};
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::string content_type{};   ///< as sent; "" where it was not
  std::string cache_control{};  ///< the first of that name
};

/// Calls out of a worker, one at a time, through libcurl; connections are kept for the next call.
///
/// Only addresses that is_safe_address() takes; certificates are checked (name and chain, TLS 1.2
/// or newer); no redirect is followed, no proxy of the environment used, nothing but http and https
/// spoken, and no cookie kept. An answer ends at 256 KiB, connecting after 3 s and all of it after
/// 5 s. Not for use across a fork or by two threads.
class HttpClient {
 public:
  struct Limits {
    std::size_t body_bytes = 256 * 1024;
    std::chrono::milliseconds connect{3000};
    std::chrono::milliseconds total{5000};
  };
  HttpClient();
  explicit HttpClient(const Limits& limits);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Any whole answer, whatever its status. ProviderUnavailable (detail for the log) where none
  /// came, or one past the limits.
  [[nodiscard]] domain::Result<HttpAnswer> ask(const HttpQuestion& question);

 private:
  struct Handle;
  Limits limits_;
  std::unique_ptr<Handle> handle_;  ///< made for the first question: most processes ask none
};

}  // namespace postern::handlers::sso
