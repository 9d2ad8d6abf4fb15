#include "handlers/oauth/url_normal_form.hpp"

#include "tests/fuzz/target.hpp"
#include "tests/fuzz/targets.hpp"

namespace postern::fuzz {

/// The address of a proof (RFC 9449): its normal form is its own, of the web, and nobody's name
/// stands before the host.
bool url_normal_form(std::string_view input) {
  using handlers::oauth::normal_form;
  const auto form = normal_form(input);
  if (!form) return false;
  promise(normal_form(*form) == form, "a normal form is its own");
  promise(form->starts_with("https://") || form->starts_with("http://"), "it is of the web");
  promise(form->find_first_of("?#") == std::string::npos, "without query and fragment");
  const auto host = form->find("://") + 3;
  const auto path = form->find('/', host);
  promise(path != std::string::npos && path > host, "it has a host and a path");
  promise(form->substr(host, path - host).find('@') == std::string::npos, "and no user name");
  for (const auto* dots : {"/./", "/../"}) {
    promise((form->substr(path) + "/").find(dots) == std::string::npos, "and no dot segment");
  }
  return true;
}

}  // namespace postern::fuzz
