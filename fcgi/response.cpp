#include "fcgi/response.hpp"

#include <algorithm>
#include <stdexcept>

#include "fcgi/percent.hpp"

namespace postern::fcgi {
namespace {

bool is_token_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

/// `Status` and the lengths are ours alone: two of them would let a front end choose.
void check_field(std::string_view name, std::string_view value) {
  const bool token = !name.empty() && std::all_of(name.begin(), name.end(), is_token_char);
  if (!token || same_name(name, "Status") || same_name(name, "Content-Length")) {
    throw std::invalid_argument("not a header name that may be set");
  }
  const auto forbidden = [](char c) {
    return c != '\t' && is_control(static_cast<unsigned char>(c));
  };
  if (std::any_of(value.begin(), value.end(), forbidden)) {
    throw std::invalid_argument("a control character in a header value");
  }
}

/// RFC 9110 sections 6.4.1, 15.3.5, 15.4.5: these have no content.
bool has_content(int status) {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace

Response::Response(int status)
    : status_(status),
      headers_{{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}} {}

Response::Response(int status, std::string content_type, std::string body) : Response(status) {
  set("Content-Type", content_type);
  body_ = std::move(body);
}

Response& Response::set(std::string_view name, std::string_view value) {
  check_field(name, value);
  const auto same = [&](const auto& field) { return same_name(field.first, name); };
  const auto first = std::find_if(headers_.begin(), headers_.end(), same);
  if (first == headers_.end()) {
    headers_.emplace_back(name, value);
    return *this;
  }
  first->second = value;
  headers_.erase(std::remove_if(first + 1, headers_.end(), same), headers_.end());
  return *this;
}

Response& Response::add(std::string_view name, std::string_view value) {
  check_field(name, value);
  headers_.emplace_back(name, value);
  return *this;
}

std::string_view Response::get(std::string_view name) const {
  for (const auto& [key, value] : headers_) {
    if (same_name(key, name)) return value;
  }
  return "";
}

std::string Response::serialize(bool head_only) const {
  std::string text;
  text.reserve(256 + body_.size());
  text.append("Status: ").append(std::to_string(status_)).append(" ");
  text.append(reason_phrase(status_)).append("\r\n");
  for (const auto& [name, value] : headers_) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!has_content(status_)) return text.append("\r\n");
  text.append("Content-Length: ").append(std::to_string(body_.size())).append("\r\n\r\n");
  if (!head_only) text.append(body_);
  return text;
}

}  // namespace postern::fcgi
