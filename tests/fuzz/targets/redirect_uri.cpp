#include <curl/urlapi.h>

#include <algorithm>
#include <memory>
#include <string>

#include "domain/oauth_redirect.hpp"
#include "domain/text.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {
namespace {

/// An address as libcurl takes it apart: another reader than ours.
class Address {
 public:
  explicit Address(std::string_view text) : handle_(curl_url(), curl_url_cleanup) {
    is_one_ = text.find('\0') == std::string_view::npos &&
              curl_url_set(handle_.get(), CURLUPART_URL, std::string(text).c_str(),
                           CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
  }
  [[nodiscard]] bool is_one() const { return is_one_; }
  [[nodiscard]] std::string part(CURLUPart which) const {
    char* text = nullptr;
    if (!is_one_ || curl_url_get(handle_.get(), which, &text, 0) != CURLUE_OK) return "";
    const std::string part(text);
    curl_free(text);
    return part;
  }

 private:
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> handle_;
  bool is_one_ = false;
};

void check_sound(std::string_view uri) {
  promise(uri.size() <= 2048 && std::all_of(uri.begin(), uri.end(),
                                            [](char c) {
                                              return c > 0x20 && c < 0x7F && c != '#' && c != '*' &&
                                                     c != '\\';
                                            }),
          "it is visible ASCII without what ends or widens it");
  const auto scheme = domain::fold(uri.substr(0, uri.find(':')));
  promise(scheme != "javascript" && scheme != "data" && scheme != "file" && scheme != "blob" &&
              scheme != "vbscript" && scheme != "about",
          "no browser runs or reads it");
  if (scheme != "http" && scheme != "https") return;
  const Address other(uri);
  promise(other.part(CURLUPART_USER).empty() && other.part(CURLUPART_PASSWORD).empty(),
          "nobody's name stands before the host");
  if (scheme == "http" && other.is_one()) {
    const auto host = domain::fold(other.part(CURLUPART_HOST));
    promise(host == "127.0.0.1" || host == "[::1]" || host == "localhost", "http is on loopback");
  }
}

/// But for the port on loopback, they are the same to others too.
void check_same(const std::string& registered, std::string_view presented) {
  if (registered == presented) return;
  const Address one(registered);
  const Address other(presented);
  for (const auto part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PATH, CURLUPART_QUERY,
                          CURLUPART_USER, CURLUPART_FRAGMENT}) {
    promise(domain::fold(one.part(part)) == domain::fold(other.part(part)),
            "no other place is taken for the registered one");
  }
  promise(domain::fold(presented).starts_with("http://"), "they differ on loopback alone");
}

}  // namespace

/// What a client registered and what it presents, a line each.
bool redirect_uri(std::string_view input) {
  const auto texts = parts(input, 2);
  for (const auto text : texts) {
    const auto bare = domain::without_loopback_port(text);
    promise(domain::without_loopback_port(bare) == bare, "there is one port at most");
    promise(bare == text || domain::is_local_redirect(text), "on loopback alone");
    if (domain::check_redirect_uri(text)) {
      check_sound(text);
      promise(!domain::place_of(text).empty(), "people are told a place");
      promise(domain::is_registered_redirect({std::string(text)}, text), "it is itself");
    }
  }
  const std::string registered(texts[0]);
  if (!domain::check_redirect_uri(registered)) return false;
  const bool taken = domain::is_registered_redirect({registered}, texts[1]);
  if (taken) check_same(registered, texts[1]);
  return taken;
}

}  // namespace postern::fuzz
