#pragma once

#include <filesystem>
#include <string>

struct ssl_ctx_st;

namespace postern::test {

/// A throwaway key and a certificate that it signed itself, for a server of a test's.
class TlsIdentity {
 public:
  /// `names` as OpenSSL writes subject alternative names: "IP:127.0.0.1,DNS:localhost".
  explicit TlsIdentity(const std::string& names);
  ~TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;

  /// Whoever trusts this file trusts the server.
  [[nodiscard]] std::string ca_file() const { return file_.string(); }
  [[nodiscard]] ssl_ctx_st* context() const { return context_; }

 private:
  std::filesystem::path file_;
  ssl_ctx_st* context_;
};

}  // namespace postern::test
