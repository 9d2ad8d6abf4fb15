#include "handlers/sso/http_client.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
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

/// "" for what is no address of the internet.
std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.sa_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  } else if (address.sa_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  }
  if (bytes == nullptr ||
      inet_ntop(address.sa_family, bytes, text.data(), text.size()) == nullptr) {
    return {};
  }
  return text.data();
}

/// The last moment before the connection: what the DNS says afterwards changes nothing.
curl_socket_t open_judged(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) {
  const auto& question = *static_cast<const HttpQuestion*>(user);
  const auto text = text_of(address->addr);
  if (text.empty() || !question.may_connect(text)) return CURL_SOCKET_BAD;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::string header_of(CURL* curl, const char* name) {
  curl_header* header = nullptr;
  if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return {};
  return header->value;
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
  set(curl, CURLOPT_QUICK_EXIT, 1L);  // a name server that hangs is not waited for past the limit
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
  if (question.may_connect) {
    set(curl, CURLOPT_OPENSOCKETFUNCTION, &open_judged);
    set(curl, CURLOPT_OPENSOCKETDATA,
        const_cast<void*>(static_cast<const void*>(&question)));  // only read
  }
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
  HttpAnswer answer{static_cast<int>(status), std::move(collected.body),
                    header_of(curl, "content-type"), header_of(curl, "cache-control")};
  curl_easy_reset(curl);  // it must not refer to what goes now
  if (result != CURLE_OK) return unavailable(curl_easy_strerror(result));
  return answer;
}

}  // namespace postern::handlers::sso
