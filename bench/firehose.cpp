#include "firehose.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

namespace telltale::bench {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;

constexpr std::string_view kPage =
    R"({"method":"Target.attachedToTarget","params":{"sessionId":"5E55107A","targetInfo":{"targetId":"A581B476",)"
    R"("type":"page","title":"","url":"http://127.0.0.1/","attached":true},"waitingForDebugger":false}})";

std::string recorded(const std::string& name) {
  std::ifstream file(std::string(TELLTALE_FRAMES) + "/" + name + ".json");
  std::stringstream text;
  text << file.rdbuf();
  std::string frame = text.str();
  while (!frame.empty() && frame.back() == '\n') frame.pop_back();
  if (frame.empty()) give_up("no recording " + name);
  return frame;
}

/// Replaces the string value of the member `name` where it occurs first, or last.
void put(std::string& frame, const std::string& name, std::string_view value, bool last = false) {
  const std::string member = "\"" + name + "\":\"";
  const auto found = last ? frame.rfind(member) : frame.find(member);
  if (found == std::string::npos) return;
  const auto at = found + member.size();
  frame.replace(at, frame.find('"', at) - at, value);
}

void append_frame(std::string& out, std::string_view text) {
  out += '\x81';
  if (text.size() < 126) {
    out += static_cast<char>(text.size());
  } else if (text.size() <= 0xffff) {
    out += '\x7e';
    out += static_cast<char>(text.size() >> 8);
    out += static_cast<char>(text.size() & 0xff);
  } else {
    give_up("a recording is too long");
  }
  out += text;
}

std::string_view member(std::string_view json, std::string_view name, char end) {
  const auto at = json.rfind(name);
  if (at == std::string_view::npos) return {};
  json.remove_prefix(at + name.size());
  return json.substr(0, json.find(end));
}

/// `{}` to everything, and the page to whoever asks for the browser's targets.
void answer(std::string& out, std::string_view command) {
  const auto id = command.substr(6, command.find(',') - 6);  // {"id":N,
  const auto session = member(command, ",\"sessionId\":\"", '"');
  std::string reply = "{\"id\":" + std::string(id) + ",\"result\":{}";
  if (!session.empty()) reply += ",\"sessionId\":\"" + std::string(session) + "\"";
  append_frame(out, reply + "}");
  if (session.empty() && command.find("\"Target.setAutoAttach\"") != std::string_view::npos) append_frame(out, kPage);
}

bool is_ready(int socket, short what, int patience_ms) {
  pollfd poll{socket, what, 0};
  return ::poll(&poll, 1, patience_ms) > 0;
}

/// Answers the whole frames of a client in `input`, which go from it.
void answer_all(std::string& out, std::string& input) {
  for (;;) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
    if (input.size() < 6) return;
    const std::size_t extended = (byte(1) & 0x7f) == 126 ? 2 : (byte(1) & 0x7f) == 127 ? 8 : 0;
    if (input.size() < 6 + extended) return;
    std::size_t size = extended == 0 ? byte(1) & 0x7fu : 0;
    for (std::size_t i = 0; i < extended; ++i) size = size << 8 | byte(2 + i);
    const std::size_t head = 6 + extended;
    if (input.size() < head + size) return;
    std::string text = input.substr(head, size);
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(text[i] ^ input[head - 4 + i % 4]);
    const unsigned opcode = byte(0) & 0x0fu;
    input.erase(0, head + size);
    if (opcode == 1) answer(out, text);
    if (opcode == 9) out += std::string("\x8a") + static_cast<char>(text.size()) + text;
  }
}

void talk(int socket, const std::string& trace, std::uint64_t trace_frames, Board& board) {
  std::string input;
  std::string answers;
  std::uint64_t sent_bytes = 0;
  std::string_view rest;  // of the present round of the trace; answers go out between two rounds
  for (;;) {
    const bool idle = rest.empty() && answers.empty() && !board.flow.load(std::memory_order_relaxed);
    if (is_ready(socket, POLLIN, idle ? 10 : 0)) {
      char block[16384];
      const auto got = ::recv(socket, block, sizeof block, 0);
      if (got <= 0) return;
      input.append(block, static_cast<std::size_t>(got));
      answer_all(answers, input);
    }
    if (rest.empty() && answers.empty()) {
      if (!board.flow.load(std::memory_order_relaxed)) continue;
      rest = trace;
    }
    if (!is_ready(socket, POLLOUT, 10)) continue;
    const bool answering = rest.size() % trace.size() == 0 && !answers.empty();
    const std::string_view out = answering ? std::string_view(answers) : rest;
    const auto sent = ::send(socket, out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return;
    const auto size = static_cast<std::size_t>(sent);
    if (answering) {
      answers.erase(0, size);
    } else {
      rest.remove_prefix(size);
      sent_bytes += size;
      board.frames.store(sent_bytes * trace_frames / trace.size(), std::memory_order_relaxed);
    }
  }
}

}  // namespace

std::string make_trace(std::size_t requests, std::uint64_t& frames) {
  std::vector<std::string> request;
  for (const auto* name : {"Network.requestWillBeSent", "Network.requestWillBeSentExtraInfo",
                           "Network.responseReceivedExtraInfo", "Network.responseReceived", "Network.dataReceived",
                           "Network.loadingFinished"}) {
    request.push_back(recorded(name));
    put(request.back(), "sessionId", "5E55107A", true);
    put(request.back(), "frameId", "A581B476");
    // No navigation, and no body that would be asked for: replies would measure something else.
    put(request.back(), "type", "Image", true);
    put(request.back(), "mimeType", "image/png");
  }
  std::string console = recorded("Runtime.exceptionThrown");
  put(console, "sessionId", "5E55107A", true);
  std::string trace;
  for (std::size_t i = 0; i < requests; ++i) {
    for (auto frame : request) {
      put(frame, "requestId", "4711." + std::to_string(i));
      append_frame(trace, frame);
      ++frames;
    }
    if (i % 2 == 0) continue;
    append_frame(trace, console);
    ++frames;
  }
  return trace;
}

void run_firehose(int listener, std::uint16_t port, Board& board) {
  std::uint64_t frames = 0;
  const std::string trace = make_trace(64, frames);
  boost::asio::io_context context;
  for (;;) {
    const int accepted = ::accept(listener, nullptr, nullptr);
    if (accepted < 0) give_up("accept");
    tcp::socket socket(context, tcp::v4(), accepted);
    beast::flat_buffer buffer;
    http::request<http::string_body> request;
    beast::error_code error;
    http::read(socket, buffer, request, error);
    if (error) continue;
    if (beast::websocket::is_upgrade(request)) {
      beast::websocket::stream<tcp::socket&> handshake(socket);
      handshake.accept(request, error);
      if (!error) talk(socket.native_handle(), trace, frames, board);
      continue;
    }
    http::response<http::string_body> response(http::status::ok, 11);
    response.body() = R"({"Browser":"Firehose/1","webSocketDebuggerUrl":"ws://127.0.0.1:)" + std::to_string(port) +
                      R"(/devtools/browser/1"})";
    response.set(http::field::content_type, "application/json");
    response.keep_alive(false);
    response.prepare_payload();
    http::write(socket, response, error);
  }
}

}  // namespace telltale::bench
