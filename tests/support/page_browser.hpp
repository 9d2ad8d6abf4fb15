#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/handler_world.hpp"

namespace postern::test {

using Fields = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string form_text(const Fields& fields);

/// Somebody's browser before the pages: keeps cookies, sends forms back with their hidden fields,
/// and follows no redirection by itself.
class PageBrowser {
 public:
  explicit PageBrowser(HandlerWorld& world) : world_(world) {}

  /// What the browser says of where a request comes from; "" for nothing at all.
  std::string fetch_site = "same-origin";
  std::string origin{};
  std::map<std::string, std::string> cookies{};

  fcgi::Response get(const std::string& target);
  fcgi::Response post(const std::string& target, const Fields& fields);
  /// The first form of a page, with its hidden fields, these values and a button pressed.
  fcgi::Response submit(const fcgi::Response& page, const Fields& typed);
  /// Goes where the answer sends it, as long as that is one of our pages.
  fcgi::Response follow(fcgi::Response response);
  /// The sign-in page of this address, filled in.
  fcgi::Response sign_in(const std::string& target = "/oauth/sign-in",
                         const std::string& username = "alice",
                         const std::string& password = DomainWorld::kPassword);

 private:
  fcgi::Response send(fcgi::Request request);
  HandlerWorld& world_;
};

/// The hidden fields of a page's first form, as a browser reads them.
[[nodiscard]] Fields hidden_fields(const fcgi::Response& page);
[[nodiscard]] std::string hidden_field(const fcgi::Response& page, const std::string& name);
/// The query of an address, decoded; a parameter that is there twice throws.
[[nodiscard]] std::map<std::string, std::string> query_of(std::string_view address);
/// Of the answer's Location.
[[nodiscard]] std::map<std::string, std::string> query_of(const fcgi::Response& response);
/// What of HTML an attribute or a text reads as.
[[nodiscard]] std::string from_html(std::string_view text);

}  // namespace postern::test
