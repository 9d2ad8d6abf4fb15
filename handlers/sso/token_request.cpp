#include <openssl/evp.h>

#include <algorithm>

#include "fcgi/percent.hpp"
#include "handlers/sso/address.hpp"
#include "handlers/sso/exchange.hpp"

namespace postern::handlers::sso {
namespace {

void append_field(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form.append(name).append(1, '=').append(fcgi::percent_encode(value));
}

/// RFC 4648 section 4, which base64url is not.
std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

/// RFC 6749 section 2.3.1: both are encoded as in a form before they are put together.
domain::Secret basic(const Provider& provider) {
  return domain::Secret("Basic " + base64(fcgi::percent_encode(provider.client_id) + ":" +
                                          fcgi::percent_encode(provider.client_secret.reveal())));
}

}  // namespace

domain::Result<TokenRequest> token_request(const Provider& provider, const Metadata& metadata,
                                           const Attempt& attempt, std::string_view code,
                                           std::string_view callback) {
  const auto takes = [&](std::string_view method) {
    const auto& methods = metadata.token_auth_methods;
    return std::find(methods.begin(), methods.end(), method) != methods.end();
  };
  std::string form;
  append_field(form, "grant_type", "authorization_code");
  append_field(form, "code", code);
  append_field(form, "redirect_uri", callback);
  append_field(form, "code_verifier", attempt.verifier);
  TokenRequest request;
  if (provider.client_secret.empty()) {
    append_field(form, "client_id", provider.client_id);
  } else if (takes("client_secret_basic")) {
    request.authorization = basic(provider);
  } else if (takes("client_secret_post")) {
    append_field(form, "client_id", provider.client_id);
    append_field(form, "client_secret", provider.client_secret.reveal());
  } else {
    return refused("it takes no client secret");
  }
  request.form = domain::Secret(std::move(form));
  return request;
}

}  // namespace postern::handlers::sso
