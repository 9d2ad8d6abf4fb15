#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/tls_identity.hpp"

namespace postern::test {

/// A real HTTP server on a port of 127.0.0.1, in a thread: one connection at a time, one request
/// on each. With an identity it speaks TLS.
class LoopbackServer {
 public:
  /// The whole answer to a whole request; "" closes without one.
  using Answer = std::function<std::string(const std::string& request)>;

  explicit LoopbackServer(Answer answer, const TlsIdentity* identity = nullptr);
  ~LoopbackServer();

  [[nodiscard]] std::string url() const;  ///< http://127.0.0.1:port, or https
  [[nodiscard]] int port() const { return port_; }
  /// What came in so far: "" for a connection that said nothing we understand.
  [[nodiscard]] std::vector<std::string> requests() const;

  /// An answer as HTTP writes it.
  static std::string http(int status, const std::string& body, const std::string& headers = "");

 private:
  void serve();

  Answer answer_;
  const TlsIdentity* identity_;
  int listener_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace postern::test
