#include "bench/micro/gate_request.hpp"

#include <array>

#include "fcgi/record.hpp"

namespace postern::bench {
namespace {

using fcgi::RecordType;

constexpr std::uint16_t kRequestId = 1;
constexpr std::string_view kResponder{"\0\1\0\0\0\0\0\0", 8};  // no FCGI_KEEP_CONN
constexpr std::size_t kLongestShort = 127;

/// FastCGI 1.0 section 3.4.
void append_length(std::string& out, std::size_t size) {
  if (size > kLongestShort) {
    out += static_cast<char>(size >> 24 | 0x80);
    out += static_cast<char>(size >> 16);
    out += static_cast<char>(size >> 8);
  }
  out += static_cast<char>(size);
}

void append_param(std::string& out, std::string_view name, std::string_view value) {
  append_length(out, name.size());
  append_length(out, value.size());
  out.append(name).append(value);
}

void append_record(std::string& out, RecordType type, std::string_view content) {
  std::array<char, fcgi::kRecordHeader> header{};
  fcgi::write_header(header.data(), type, kRequestId, content.size());
  out.append(header.data(), header.size()).append(content);
}

}  // namespace

std::string gate_request(std::string_view target, std::string_view authorization) {
  std::string params;
  const auto add = [&](std::string_view name, std::string_view value) {
    append_param(params, name, value);
  };
  add("GATEWAY_INTERFACE", "CGI/1.1");
  add("SERVER_PROTOCOL", "HTTP/1.1");
  add("SERVER_NAME", "www.example.org");
  add("SERVER_PORT", "443");
  add("REQUEST_SCHEME", "https");
  add("HTTPS", "on");
  add("REMOTE_ADDR", "192.0.2.17");
  add("REQUEST_METHOD", "GET");
  add("REQUEST_URI", target);
  add("CONTENT_TYPE", "");
  add("CONTENT_LENGTH", "");
  add("HTTP_HOST", "www.example.org");
  add("HTTP_USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
  add("HTTP_ACCEPT", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
  add("HTTP_ACCEPT_LANGUAGE", "en-GB,en;q=0.5");
  add("HTTP_ACCEPT_ENCODING", "gzip, deflate, br");
  add("HTTP_REFERER", "https://www.example.org/notes");
  if (!authorization.empty()) add("HTTP_AUTHORIZATION", authorization);

  std::string records;
  append_record(records, RecordType::BeginRequest, kResponder);
  append_record(records, RecordType::Params, params);
  append_record(records, RecordType::Params, "");
  append_record(records, RecordType::Stdin, "");
  return records;
}

}  // namespace postern::bench
