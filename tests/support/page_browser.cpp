#include "tests/support/page_browser.hpp"

#include <regex>
#include <stdexcept>

#include "fcgi/percent.hpp"

namespace postern::test {
namespace {

std::string attribute(const std::string& tag, const std::string& name) {
  std::smatch found;
  const std::regex wanted(" " + name + "=\"([^\"]*)\"");
  return std::regex_search(tag, found, wanted) ? from_html(found[1].str()) : std::string();
}

std::string action_of(const std::string& html) {
  std::smatch found;
  if (!std::regex_search(html, found, std::regex("<form[^>]*>"))) {
    throw std::runtime_error("no form: " + html);
  }
  return attribute(found[0].str(), "action");
}

bool is_ours(const std::string& address) {
  return address.starts_with("/oauth/");
}

}  // namespace

std::string form_text(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text += fcgi::percent_encode(name) + "=" + fcgi::percent_encode(value);
  }
  return text;
}

std::string from_html(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
      {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}}};
  std::string plain;
  while (!text.empty()) {
    const auto named = std::find_if(kNamed.begin(), kNamed.end(),
                                    [&](const auto& each) { return text.starts_with(each.first); });
    const bool found = named != kNamed.end();
    plain += found ? named->second : text.front();
    text.remove_prefix(found ? named->first.size() : 1);
  }
  return plain;
}

Fields hidden_fields(const fcgi::Response& page) {
  Fields fields;
  const auto& html = page.body();
  const std::regex input("<input type=\"hidden\"[^>]*>");
  for (std::sregex_iterator each(html.begin(), html.end(), input), end; each != end; ++each) {
    fields.emplace_back(attribute(each->str(), "name"), attribute(each->str(), "value"));
  }
  return fields;
}

std::string hidden_field(const fcgi::Response& page, const std::string& name) {
  for (const auto& [known, value] : hidden_fields(page)) {
    if (known == name) return value;
  }
  return {};
}

std::map<std::string, std::string> query_of(std::string_view address) {
  std::map<std::string, std::string> query;
  const auto at = address.find('?');
  if (at == std::string_view::npos) return query;
  auto fields = fcgi::parse_form(address.substr(at + 1));
  if (!fields) throw std::runtime_error("not a query");
  for (auto& field : *fields) {
    if (!query.emplace(field.name, field.value).second) throw std::runtime_error("twice");
  }
  return query;
}

std::map<std::string, std::string> query_of(const fcgi::Response& response) {
  return query_of(response.get("Location"));
}

fcgi::Response PageBrowser::send(fcgi::Request request) {
  std::string held;
  for (const auto& [name, value] : cookies) held += (held.empty() ? "" : "; ") + name + "=" + value;
  if (!held.empty()) request = with_header(std::move(request), "cookie", held);
  if (!fetch_site.empty()) request = with_header(std::move(request), "sec-fetch-site", fetch_site);
  if (!origin.empty()) request = with_header(std::move(request), "origin", origin);
  auto response = world_.send(request);
  for (const auto& [name, value] : response.headers()) {
    if (name != "Set-Cookie") continue;
    const auto equals = value.find('=');
    const auto cookie = value.substr(0, equals);
    cookies[cookie] = value.substr(equals + 1, value.find(';') - equals - 1);
    if (cookies[cookie].empty()) cookies.erase(cookie);
  }
  return response;
}

fcgi::Response PageBrowser::get(const std::string& target) {
  return send(request("GET", target));
}

fcgi::Response PageBrowser::post(const std::string& target, const Fields& fields) {
  return send(raw_request("POST", target, "application/x-www-form-urlencoded", form_text(fields)));
}

fcgi::Response PageBrowser::submit(const fcgi::Response& page, const Fields& typed) {
  auto fields = hidden_fields(page);
  fields.insert(fields.end(), typed.begin(), typed.end());
  return post(action_of(page.body()), fields);
}

fcgi::Response PageBrowser::follow(fcgi::Response response) {
  while (response.status() == 303 && is_ours(std::string(response.get("Location")))) {
    response = get(std::string(response.get("Location")));
  }
  return response;
}

fcgi::Response PageBrowser::sign_in(const std::string& target, const std::string& username,
                                    const std::string& password) {
  return submit(get(target), {{"username", username}, {"password", password}});
}

}  // namespace postern::test
