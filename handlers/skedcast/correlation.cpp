#include "handlers/skedcast/correlation.hpp"

#include <algorithm>

#include "domain/ascii.hpp"

namespace postern::handlers::skedcast {
namespace {

constexpr std::size_t kLongest = 64;

bool is_plain(char c) {
  return domain::is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string correlation_id(const fcgi::Request& request) {
  const auto given = request.header("x-correlation-id").value_or("");
  const bool usable = !given.empty() && given.size() <= kLongest &&
                      std::all_of(given.begin(), given.end(), is_plain);
  return usable ? std::string(given) : "c-" + request.id;
}

fcgi::Response correlated(const fcgi::Request& request, fcgi::Response response) {
  response.set("X-Correlation-Id", correlation_id(request));
  return response;
}

}  // namespace postern::handlers::skedcast
