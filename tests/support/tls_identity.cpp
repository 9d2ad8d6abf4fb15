#include "tests/support/tls_identity.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace postern::test {
namespace {

constexpr long kDay = 24L * 60 * 60;

void must(bool good) {
  if (!good) throw std::runtime_error("OpenSSL");
}

using PKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void add_extension(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  must(extension != nullptr);
  must(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(EVP_PKEY* key, const std::string& names) {
  Certificate certificate(X509_new(), &X509_free);
  auto* subject = X509_get_subject_name(certificate.get());
  must(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  must(ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1);
  must(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay) != nullptr);
  must(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDay) != nullptr);
  must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                  reinterpret_cast<const unsigned char*>("test"), -1, -1, 0) == 1);
  must(X509_set_issuer_name(certificate.get(), subject) == 1);
  must(X509_set_pubkey(certificate.get(), key) == 1);
  add_extension(certificate.get(), NID_subject_alt_name, names.c_str());
  must(X509_sign(certificate.get(), key, EVP_sha256()) > 0);
  return certificate;
}

std::filesystem::path write_pem(X509* certificate) {
  std::string name = std::filesystem::temp_directory_path() / "postern-test-ca-XXXXXX";
  const int file = ::mkstemp(name.data());
  must(file >= 0);
  FILE* stream = ::fdopen(file, "w");
  must(stream != nullptr && PEM_write_X509(stream, certificate) == 1);
  must(std::fclose(stream) == 0);
  return name;
}

}  // namespace

TlsIdentity::TlsIdentity(const std::string& names) : context_(SSL_CTX_new(TLS_server_method())) {
  const PKey key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  must(key != nullptr && context_ != nullptr);
  const auto certificate = make_certificate(key.get(), names);
  must(SSL_CTX_use_certificate(context_, certificate.get()) == 1);
  must(SSL_CTX_use_PrivateKey(context_, key.get()) == 1);
  file_ = write_pem(certificate.get());
}

TlsIdentity::~TlsIdentity() {
  SSL_CTX_free(context_);
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

}  // namespace postern::test
