#pragma once

#include <string>

#include "fcgi/request.hpp"
#include "fcgi/response.hpp"

namespace postern::handlers::skedcast {

/// By which client and server speak of one request: the client's own X-Correlation-Id where it has
/// 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'; otherwise `c-` and the request's id.
[[nodiscard]] std::string correlation_id(const fcgi::Request& request);

/// The answer with X-Correlation-Id, which every one has.
[[nodiscard]] fcgi::Response correlated(const fcgi::Request& request, fcgi::Response response);

}  // namespace postern::handlers::skedcast
