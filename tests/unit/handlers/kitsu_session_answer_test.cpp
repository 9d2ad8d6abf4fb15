#include <gtest/gtest.h>

#include <string>

#include "handlers/kitsu/session_answer.hpp"
#include "tests/support/handler_world.hpp"

namespace postern::handlers::kitsu {
namespace {

bool is_browser_by(const std::string& agent) {
  auto request = test::request("GET", "/");
  request.headers.clear();
  if (!agent.empty()) request = test::with_header(std::move(request), "user-agent", agent);
  return is_browser(request);
}

constexpr const char* kWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) ";
constexpr const char* kKit = "AppleWebKit/537.36 (KHTML, like Gecko) ";
constexpr const char* kAndroid = "Mozilla/5.0 (Linux; Android 13; Pixel 7) ";
constexpr const char* kPhone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) ";

TEST(KitsuBrowser, GetsCookies) {
  const std::string kit = std::string(kWindows) + kKit;
  for (const std::string& agent : {
           kit + "Chrome/120.0.0.0 Safari/537.36",
           kit + "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
           kit + "Chrome/58.0 Safari/537.36 Edge/16.16299",
           kit + "Chrome/120.0.0.0 Safari/537.36 OPR/106.0.0.0",
           kit + "Chrome/120.0.0.0 Safari/537.36 Vivaldi/6.5",
           kit + "Chrome/120.0.0.0 Safari/537.36 Brave/120",
           std::string("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"),
           std::string("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_2) AppleWebKit/605.1.15 (KHTML, "
                       "like Gecko) Version/17.2 Safari/605.1.15"),
           std::string(kAndroid) + kKit + "Chrome/120.0.0.0 Mobile Safari/537.36",
           std::string(kPhone) + "Version/17.0 Mobile/15E148 Safari/604.1",
           std::string(kPhone) + "CriOS/120.0 Mobile/15E148 Safari/604.1",
           std::string("Opera/9.80 (X11; Linux x86_64) Presto/2.12.388 Version/12.16"),
       }) {
    EXPECT_TRUE(is_browser_by(agent)) << agent;
  }
}

TEST(KitsuBrowser, EverythingElseKeepsItsTokensItself) {
  const std::string kit = std::string(kWindows) + kKit;
  for (const std::string& agent : {
           std::string(),
           std::string("CGWire Gazu 1.1.12"),
           std::string("python-requests/2.28.1"),
           std::string("curl/7.88.1"),
           std::string("Mozilla/5.0"),
           std::string("Mozilla/5.0 ("),
           std::string("("),
           std::string("Mozilla/5.0 (Chrome)"),
           std::string("Mozilla/5.0 (compatible; Googlebot/2.1) Chrome/120.0 Safari/537.36"),
           kit + "HeadlessChrome/120.0.0.0 Safari/537.36",
           kit + "Chrome/120.0.0.0 Electron/28.0 Safari/537.36",
           std::string(kAndroid) + kKit + "SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36",
           "Mozilla/5.0 (Linux; Android 13; Pixel 7; wv) " + std::string(kKit) +
               "Version/4.0 Chrome/120.0 Mobile Safari/537.36",
           std::string("Mozilla/5.0 (Android 13; Mobile; rv:109.0) Gecko/115.0 Firefox/115.0"),
           std::string(kPhone) + "FxiOS/120.0 Mobile/15E148 Safari/605.1.15",
           std::string(kAndroid) + kKit + "Chrome/120.0 Mobile Safari/537.36 OPR/76.0",
       }) {
    EXPECT_FALSE(is_browser_by(agent)) << agent;
  }
}

}  // namespace
}  // namespace postern::handlers::kitsu
