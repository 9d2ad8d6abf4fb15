#include "handlers/sso/http_client.hpp"

#include <curl/curl.h>

#include <stdexcept>
#include <type_traits>

#include "handlers/sso/address.hpp"

namespace postern::handlers::sso {
namespace {

using domain::Errc;

constexpr std::chrono::seconds kTryAgain{30};

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using HeaderList = std::unique_ptr<curl_slist, FreeWith<curl_slist_free_all>>;

/// Once a process, and after its fork.
void initialize() {
  static const CURLcode kResult = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kResult != CURLE_OK) throw std::runtime_error("libcurl cannot be initialized");
}

template <class T>
void set(CURL* curl, CURLoption option, T value) {
  if (curl_easy_setopt(curl, option, value) != CURLE_OK) {
    throw std::runtime_error("libcurl lacks option " + std::to_string(option));
  }
}

struct Collected {
  std::string body;
  std::size_t limit;
};

std::size_t collect(const char* data, std::size_t size, std::size_t count, void* user) {
  auto& collected = *static_cast<Collected*>(user);
  const std::size_t bytes = size * count;
  if (bytes > collected.limit - collected.body.size()) return 0;  // ends the transfer
  collected.body.append(data, bytes);
  return bytes;
}

HeaderList add_header(HeaderList list, const std::string& line) {
  auto* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  return HeaderList(longer);
}

HeaderList headers_of(const HttpQuestion& question) {
  HeaderList list = add_header({}, "Accept: application/json");
  list = add_header(std::move(list), "Expect:");  // no round of 100 Continue
  if (question.authorization) {
    list = add_header(std::move(list),
                      "Authorization: " + std::string(question.authorization->reveal()));
  }
  return list;
}

domain::Error unavailable(std::string why) {
  return {Errc::ProviderUnavailable, {}, {}, kTryAgain, std::move(why)};
}

}  // namespace

struct HttpClient::Handle {
  Handle() {
    initialize();
    curl.reset(curl_easy_init());
    if (!curl) throw std::runtime_error("libcurl gives no handle");
  }
  std::unique_ptr<CURL, FreeWith<curl_easy_cleanup>> curl;
};

namespace {

void restrict_connection(CURL* curl, const HttpClient::Limits& limits) {
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  set(curl, CURLOPT_PROXY, "");
  set(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
}

void put_question(CURL* curl, const HttpQuestion& question, const HeaderList& headers) {
  set(curl, CURLOPT_URL, question.url.c_str());
  set(curl, CURLOPT_HTTPHEADER, headers.get());
  set(curl, CURLOPT_USERAGENT, "postern");
  if (!question.ca_file.empty()) set(curl, CURLOPT_CAINFO, question.ca_file.c_str());
  if (question.form) {
    set(curl, CURLOPT_POST, 1L);
    set(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(question.form->size()));
    set(curl, CURLOPT_POSTFIELDS, question.form->reveal().data());
  }
}

}  // namespace

HttpClient::HttpClient() : HttpClient(Limits{}) {}
HttpClient::HttpClient(const Limits& limits) : limits_(limits) {}
HttpClient::~HttpClient() = default;

domain::Result<HttpAnswer> HttpClient::ask(const HttpQuestion& question) {
  if (!is_safe_address(question.url)) return unavailable("an address that is not safe");
  if (!handle_) handle_ = std::make_unique<Handle>();
  CURL* curl = handle_->curl.get();
  curl_easy_reset(curl);  // connections stay
  restrict_connection(curl, limits_);
  const auto headers = headers_of(question);
  put_question(curl, question, headers);
  Collected collected{{}, limits_.body_bytes};
  set(curl, CURLOPT_WRITEFUNCTION, &collect);
  set(curl, CURLOPT_WRITEDATA, static_cast<void*>(&collected));
  const CURLcode result = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_reset(curl);  // it must not refer to what goes now
  if (result != CURLE_OK) return unavailable(curl_easy_strerror(result));
  return HttpAnswer{static_cast<int>(status), std::move(collected.body)};
}

}  // namespace postern::handlers::sso
