#include "fcgi/quick_answer.hpp"

#include <algorithm>

#include "fcgi/percent.hpp"
#include "fcgi/record.hpp"

namespace postern::fcgi {

QuickAnswer::QuickAnswer() {
  const std::string whole = Response(200).serialize();
  opening_ = std::string(kRecordHeader, '\0') + whole.substr(0, whole.find("Content-Length:"));
}

void QuickAnswer::start() {
  status_ = 200;
  text_.assign(opening_);
  route = {};
  account.clear();
}

bool QuickAnswer::set(std::string_view name, std::string_view value) {
  const auto refused = [](char c) {
    return c != '\t' && is_control(static_cast<unsigned char>(c));
  };
  if (std::any_of(value.begin(), value.end(), refused)) return false;
  text_.append(name).append(": ").append(value).append("\r\n");
  return true;
}

void QuickAnswer::finish() {
  text_.append("Content-Length: 0\r\n\r\n");
}

void QuickAnswer::take(const Response& response, bool head_only) {
  status_ = response.status();
  text_.assign(kRecordHeader, '\0').append(response.serialize(head_only));
  route = {};
  account = response.log_account;
}

std::string_view QuickAnswer::records(std::uint16_t request_id) {
  const std::size_t content = text_.size() - kRecordHeader;
  if (content > kMaxRecordContent) {
    text_ = answer_records(request_id, std::string_view(text_).substr(kRecordHeader));
    return text_;
  }
  write_header(text_.data(), RecordType::Stdout, request_id, content);
  append_ending(text_, request_id);
  return text_;
}

}  // namespace postern::fcgi
