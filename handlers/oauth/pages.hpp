#pragma once

#include <string>
#include <string_view>

#include "handlers/oauth/page_template.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// A page that people see: plain HTML that needs no script, but for the one way of signing in that
/// browsers offer to scripts alone. Everything that is filled in is
/// escaped; texts that strangers wrote (names of clients) are to be given as shown_name() makes
/// them.
struct Page {
  int status = 200;
  std::string_view name;  ///< of its template
  std::string title;      ///< what it is about; the site's name stands beside it
  PageValues values{};
  /// Where its form may lead (Content-Security-Policy form-action), besides this very server.
  std::string form_targets{};
  bool has_script = false;  ///< a file of our own; the policy lets no other run
};

/// With the headers of every page (oauth.md 3a.13, 3a.15, 3a.18): a strict policy of content, no
/// framing, no referrer, no-store, nosniff; no CORS.
[[nodiscard]] Response show_page(const Services& services, Page page);

/// Something that cannot go on, told to the person alone. `text`: our own words.
[[nodiscard]] Response error_page(const Services& services, int status, std::string text);
/// The same where nothing but the request is known, and the words follow from the status.
[[nodiscard]] Response error_page(const Request& request, int status);

/// A name that a stranger chose, in one line and cut: control characters and those of direction
/// cannot make it look like part of our own text. "" where nothing of it can be seen.
[[nodiscard]] std::string shown_name(std::string_view name);

/// `path` below the mount, as links and forms of our own pages name it.
[[nodiscard]] std::string page_address(const Services& services, std::string_view path);

}  // namespace postern::handlers::oauth
