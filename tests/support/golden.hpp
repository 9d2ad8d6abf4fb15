#pragma once

#include <string>
#include <string_view>

#include "fcgi/response.hpp"

namespace postern::test {

/// Text with everything that differs from run to run replaced by its name: <uuid>, <request>,
/// <refresh> (refresh tokens), <key> (API keys), <jwt>, <key-start> (the first characters of one),
/// <invite> and <invite-start> (invitations), and other words in golden.cpp's list.
std::string without_chance(std::string_view text);

/// An answer as a test writes it down: status, a space, the body; chance taken out.
std::string golden(const fcgi::Response& response);

/// The whole answer as it goes over the wire, chance taken out.
std::string golden_wire(const fcgi::Response& response);

}  // namespace postern::test
