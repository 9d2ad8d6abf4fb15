#pragma once

#include <json/value.h>

#include <string_view>

#include "domain/error.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::kitsu {

/// An answer with a JSON body.
[[nodiscard]] Response answer(int status, const Json::Value& body);
/// `{"success":true}`
[[nodiscard]] Response success();

/// A refusal: `{"error":true,"message":…}`; a 400 says `"data":null` besides.
[[nodiscard]] Response refused(int status, std::string_view message);
/// A 400 of a second factor or password: `{"error":true,"message":…}` with `flag` true, if any, and
/// without data.
[[nodiscard]] Response refused_proof(std::string_view message, std::string_view flag = {});
/// What is wrong with a token: `{"msg":…}`.
[[nodiscard]] Response token_refused(int status, std::string_view message);
/// 400: `{"error":true,"message":"Validation error.","data":{"errors":[{"field","message"}]}}`.
[[nodiscard]] Response validation_error(std::string_view field, std::string_view message);
/// A login that fails: `{"login":false}` with the flags given, each true; with any, `"error":true`.
[[nodiscard]] Response login_failed(int status, std::initializer_list<std::string_view> flags = {});

/// 500 of a login that nobody could decide: `{"error":true,"login":false,"message":…}`.
[[nodiscard]] Response login_unavailable(domain::seconds retry_after);
/// What is wrong with a value: an InvalidInput in words.
[[nodiscard]] std::string invalid_value_words(const domain::Error& error);

/// The one place where the domain's refusals get this dialect's status and words. Logins and second
/// factors have words of their own for theirs.
[[nodiscard]] Response refusal(const domain::Error& error);

/// What is wrong with the form of a token that was refused as TokenInvalid, for Error::reason: ""
/// is its signature.
inline constexpr std::string_view kFaultHeader = "bearer_alone";
inline constexpr std::string_view kFaultSegments = "too_few_segments";
inline constexpr std::string_view kFaultEncoding = "header_not_decodable";
[[nodiscard]] std::string_view fault_of(std::string_view token);
/// Why a presented credential is refused; `reason` as above.
[[nodiscard]] Response credential_refused(const domain::Error& error);
/// None was presented, neither in that cookie nor in the header.
[[nodiscard]] Response credential_missing(const Request& request, std::string_view cookie);

/// What dispatch asks of a dialect (route.hpp).
[[nodiscard]] Response unauthenticated(const Request& request, const domain::Error* error);
[[nodiscard]] Response forbidden(const Request& request, Guard guard);
[[nodiscard]] Response not_found(const Request& request);
[[nodiscard]] Response method_not_allowed(const Request& request, std::string_view allow);
/// An outage is 500 here, with Retry-After: the SDK takes a 503 for a success.
[[nodiscard]] Response failure(const Request& request, int status);
/// Four headers that all answers have.
void dress(Response& response);

}  // namespace postern::handlers::kitsu
