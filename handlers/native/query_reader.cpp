#include "handlers/native/query_reader.hpp"

#include <charconv>

namespace postern::handlers::native {

QueryReader::QueryReader(const Request& request) : request_(request) {
  auto fields = fcgi::parse_form(request.uri ? request.uri->query : std::string());
  if (fields) {
    fields_ = *std::move(fields);
  } else {
    fault("", "invalid_encoding");
  }
}

void QueryReader::fault(std::string_view name, std::string_view code) {
  faults_.push_back({std::string(name), std::string(code)});
}

std::optional<std::string> QueryReader::text(std::string_view name) {
  std::optional<std::string> found;
  for (const auto& field : fields_) {
    if (field.name != name) continue;
    if (found) {
      fault(name, "repeated");
      return std::nullopt;
    }
    found = field.value;
  }
  return found;
}

bool QueryReader::flag(std::string_view name) {
  const auto value = text(name);
  if (value && *value != "true" && *value != "false") fault(name, "wrong_type");
  return value == "true";
}

domain::PageRequest QueryReader::page() {
  domain::PageRequest page;
  if (const auto limit = text("limit")) {
    const char* end = limit->data() + limit->size();
    const auto [stop, error] = std::from_chars(limit->data(), end, page.limit);
    if (error != std::errc() || stop != end || page.limit < 1 || page.limit > 100) {
      fault("limit", "out_of_range");
    }
  }
  page.after = text("cursor");
  return page;
}

std::optional<Response> QueryReader::refusal() {
  if (faults_.empty()) return std::nullopt;
  return refuse(request_, kInvalidInput, faults_);
}

}  // namespace postern::handlers::native
