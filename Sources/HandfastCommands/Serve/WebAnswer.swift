import Foundation
import Handfast
import HandfastNIO
import HandfastTrust
import NIOCore

/// `serve --www`: one request, and one answer that shows what was negotiated, and with whom.
struct WebAnswer: Sendable {
  /// More than browsers and curl send.
  static let requestLimit = 16 << 10
  /// How long a client may take over its request.
  static let patience = Duration.seconds(30)

  let status: String
  let type: String
  let body: String
  let hasBody: Bool

  /// - Parameter request: What came up to the blank line; nil when it never came within the limit.
  init(to request: String?, over connection: SecureConnection) {
    let lines = (request ?? "").split(whereSeparator: \.isNewline)
    let words = lines.first?.split(separator: " ") ?? []
    let wantsJSON = lines.dropFirst().contains { line in
      let line = line.lowercased()
      return line.hasPrefix("accept:") && line.contains("application/json")
    }
    let failure: String? =
      if request == nil {
        "431 Request Header Fields Too Large"
      } else if words.count != 3 || !words[2].hasPrefix("HTTP/1.") {
        "400 Bad Request"
      } else if words[0] != "GET", words[0] != "HEAD" {
        "405 Method Not Allowed"
      } else {
        nil
      }
    status = failure ?? "200 OK"
    hasBody = words.first != "HEAD"
    if let failure {
      (type, body) = ("text/plain; charset=utf-8", failure + "\n")
    } else if wantsJSON {
      (type, body) = ("application/json", (Connected(connection, side: .server).line ?? "{}") + "\n")
    } else {
      (type, body) = ("text/plain; charset=utf-8", Self.text(for: connection))
    }
  }

  var bytes: ByteBuffer {
    var head = "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
    if status.hasPrefix("405") { head += "Allow: GET, HEAD\r\n" }
    head += "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    return ByteBuffer(string: hasBody ? head + body : head)
  }

  private static func text(for connection: SecureConnection) -> String {
    let settled = connection.negotiated
    var rows = [("you", connection.remoteAddress)]
    if let peer = connection.peer, let leaf = peer.presented.first {
      rows.append(("your certificate", leaf.subject))
      if !leaf.names.isEmpty { rows.append(("its names", leaf.names.joined(separator: ", "))) }
      rows.append(("its key", leaf.key))
      if let anchor = peer.path.last { rows.append(("trusted because of", anchor.subject)) }
    } else {
      rows.append(("your certificate", "none"))
    }
    rows.append(("you asked for", settled.serverName ?? "no name"))
    rows.append(("my certificate", connection.ownIdentity?.label ?? "none"))
    rows.append(("version", settled.version.description))
    rows.append(("cipher suite", settled.cipherSuite.description))
    rows.append(("group", settled.group?.description ?? "none: RSA key transport, no forward secrecy"))
    if let scheme = settled.serverSignatureScheme { rows.append(("I signed with", scheme.description)) }
    if let scheme = settled.clientSignatureScheme { rows.append(("you signed with", scheme.description)) }
    rows.append(("ALPN", settled.applicationProtocol ?? "none"))
    rows.append(("resumed", settled.isResumed ? "yes: your certificate is from the full handshake" : "no"))
    if let early = connection.earlyData { rows.append(("early data", "\(early.readableBytes) bytes")) }
    rows.append(("extended master secret", settled.usesExtendedMasterSecret ? "yes" : "no"))
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { $0 + String(repeating: " ", count: width - $0.count) + "  " + $1 }
    return "Well met. This is what we agreed on.\n\n" + lines.joined(separator: "\n") + "\n"
  }
}

extension WebAnswer {
  /// Reads the request and answers it. Bodies of requests are not read.
  static func converse(
    over connection: SecureConnection, _ traffic: Traffic, within patience: Duration = patience
  ) async throws {
    let request = try await withThrowingTaskGroup(of: String?.self) { group in
      group.addTask { try await head(from: connection, traffic) }
      group.addTask {
        try await Task.sleep(for: patience)
        throw CommandError(
          "\(connection.remoteAddress): no whole request within \(patience.components.seconds) s", .timedOut)
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    if request?.isEmpty ?? false { return }
    let answer = WebAnswer(to: request, over: connection).bytes
    try await connection.write(answer)
    traffic.send(answer.readableBytes)
  }

  /// Up to the blank line; empty when the client says nothing, and nil beyond the limit.
  private static func head(from connection: SecureConnection, _ traffic: Traffic) async throws -> String? {
    var bytes: [UInt8] = []
    let incoming = Incoming(connection)
    while let data = try await incoming.read() {
      traffic.receive(data.readableBytes)
      // The blank line may have begun in what came before.
      let start = max(0, bytes.count - 3)
      bytes.append(contentsOf: data.readableBytesView)
      if let end = endOfHead(bytes, from: start) { return String(decoding: bytes[..<end], as: UTF8.self) }
      guard bytes.count <= requestLimit else { return nil }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Past the blank line. RFC 9112 §2.2: a lone line feed may end a line.
  static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
    let (feed, carriage) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    for index in bytes.indices.dropFirst(start) where bytes[index] == feed {
      let next = index + 1
      if next < bytes.count, bytes[next] == feed { return next + 1 }
      if next + 1 < bytes.count, bytes[next] == carriage, bytes[next + 1] == feed { return next + 2 }
    }
    return nil
  }
}
