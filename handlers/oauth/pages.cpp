#include "handlers/oauth/pages.hpp"

#include "domain/text.hpp"

namespace postern::handlers::oauth {
namespace {

constexpr std::size_t kLongestName = 80;

std::string policy_of(const Page& page) {
  std::string policy =
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
      "frame-ancestors 'none'; form-action 'self'";
  if (!page.form_targets.empty()) policy += " " + page.form_targets;
  if (page.has_script) policy += "; script-src 'self'";
  return policy;
}

Response make_page(const Page& page) {
  Response response(page.status, "text/html; charset=utf-8", fill_in_page(page.name, page.values));
  response.set("Content-Security-Policy", policy_of(page));
  response.set("X-Frame-Options", "DENY");
  response.set("Referrer-Policy", "no-referrer");
  return response;
}

/// In the words of somebody who was just about to do something else.
std::string words_of(int status) {
  switch (status) {
    case 404:
      return "There is no such page here.";
    case 405:
      return "This page cannot be called like that.";
    case 413:
    case 431:
      return "The request is too large.";
    case 429:
      return "Too many requests. Please wait a moment and try again.";
    case 503:
      return "The service is not available at the moment. Please try again shortly.";
    default:
      return status >= 500 ? "Something went wrong here. Please try again."
                           : "The request cannot be understood.";
  }
}

/// Where our pages begin, by the path that was asked for.
std::string mount_of(const Request& request) {
  if (!request.uri) return {};
  const auto& path = request.uri->path;
  const auto begin = path.rfind("/oauth/");
  return begin == std::string::npos ? std::string() : path.substr(0, begin);
}

Page make_error(int status, std::string text) {
  Page page{.status = status, .name = "error", .title = "This did not work"};
  page.values.texts["message"] = std::move(text);
  return page;
}

}  // namespace

Response show_page(const Services& services, Page page) {
  auto& texts = page.values.texts;
  texts["base"] = services.settings.oauth.mount;
  texts["site"] = services.settings.oauth.title;
  texts["title"] = page.title;
  return make_page(page);
}

Response error_page(const Services& services, int status, std::string text) {
  return show_page(services, make_error(status, std::move(text)));
}

Response error_page(const Request& request, int status) {
  auto page = make_error(status, words_of(status));
  page.values.texts["base"] = mount_of(request);
  page.values.texts["title"] = page.title;
  return make_page(page);
}

std::string shown_name(std::string_view name) {
  return domain::visible_excerpt(name, kLongestName);
}

std::string page_address(const Services& services, std::string_view path) {
  return services.settings.oauth.mount + std::string(path);
}

}  // namespace postern::handlers::oauth
