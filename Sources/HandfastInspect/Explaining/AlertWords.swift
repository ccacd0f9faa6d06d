import HandfastCore
import HandfastWire

/// How the tools write alerts, and how an alert stands in an error line.
enum AlertWords {
  /// An alert in a line.
  struct Mention {
    let alert: AlertDescription
    /// Received by the program that prints it; nil: the line does not tell.
    let wasReceived: Bool?
    /// Signs of the line that say so.
    let score: Int
    let tool: ErrorTool?
  }

  /// The alert that is named by this text and nothing else: "bad_certificate", "Unknown CA", "42", "alert 42", "BadCertificate".
  static func alone(_ text: String) -> AlertDescription? {
    var bytes = ErrorLine.normalised(text)
    for prefix in ["ssl alert number ", "alert number ", "tls alert ", "ssl alert ", "alert "].map({ Array($0.utf8) })
    where bytes.starts(with: prefix) {
      bytes.removeFirst(prefix.count)
      break
    }
    let words = String(decoding: bytes, as: UTF8.self)
    // A number is taken as it is; whether an alert has it is for others to say.
    if bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = UInt8(words) {
      return AlertDescription(rawValue: number)
    }
    return names.first { $0.words.contains(bytes) }?.alert
  }

  /// The alert that a line mentions in one of the ways in which the tools do.
  static func mention(in line: ErrorLine) -> Mention? {
    var best: Mention?
    for frame in frames {
      guard let end = PhrasePattern.end(of: frame.words, in: line.bytes, from: 0) else { continue }
      guard let (alert, length) = frame.isNumber ? number(after: end, line.bytes) : name(after: end, line.bytes) else {
        continue
      }
      let mention = Mention(
        alert: alert, wasReceived: frame.wasReceived, score: frame.words.count + length, tool: frame.tool)
      // A number goes before a name: OpenSSL's names are older than some alerts.
      if best.map({ mention.score + (frame.isNumber ? 100 : 0) > $0.score }) ?? true { best = mention }
    }
    return best
  }

  // MARK: Frames

  private struct Frame {
    let words: [UInt8]
    let tool: ErrorTool?
    let wasReceived: Bool?
    let isNumber: Bool

    init(_ words: String, _ tool: ErrorTool?, received: Bool?, number: Bool = false) {
      self.words = ErrorLine.normalised(words)
      self.tool = tool
      wasReceived = received
      isNumber = number
    }
  }

  private static let frames: [Frame] = [
    Frame("SSL alert number", .openSSL, received: true, number: true),
    Frame("Received alert [", .gnuTLS, received: true, number: true),
    Frame("alert number", nil, received: nil, number: true),
    Frame("sslv3 alert", .openSSL, received: true), Frame("tlsv1 alert", .openSSL, received: true),
    Frame("tlsv13 alert", .openSSL, received: true), Frame("ssl/tls alert", .openSSL, received: true),
    Frame("tlsv1", .openSSL, received: true),
    Frame("SSL3 alert read:fatal:", .openSSL, received: true),
    Frame("SSL3 alert write:fatal:", .openSSL, received: false),
    Frame("(IN), TLS alert,", .curl, received: true), Frame("(OUT), TLS alert,", .curl, received: false),
    Frame("remote error: tls:", .go, received: true), Frame("local error: tls:", .go, received: false),
    Frame("received fatal alert:", nil, received: true), Frame("Received close_notify", .java, received: true),
    Frame("AlertReceived(", .rustls, received: true), Frame("Fatal (", .java, received: false),
    Frame("RECV TLSv1.3 ALERT: fatal,", .java, received: true),
    Frame("RECV TLSv1.2 ALERT: fatal,", .java, received: true),
    Frame("SEND TLSv1.3 ALERT: fatal,", .java, received: false),
    Frame("SEND TLSv1.2 ALERT: fatal,", .java, received: false),
    Frame("fatal alert:", nil, received: nil), Frame("fatal alert", nil, received: nil),
    Frame("alert:", nil, received: nil),
    Frame("TLS alert", nil, received: nil), Frame("alert", nil, received: nil),
  ]

  private static func number(after end: Int, _ bytes: [UInt8]) -> (AlertDescription, Int)? {
    let rest = bytes[end...].drop { $0 == UInt8(ascii: " ") }
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let alert = UInt8(String(decoding: digits, as: UTF8.self)).map { AlertDescription(rawValue: $0) }
    guard let alert, alert.name != nil else { return nil }
    return (alert, digits.count)
  }

  /// The longest of all names that the line goes on with.
  private static func name(after end: Int, _ bytes: [UInt8]) -> (AlertDescription, Int)? {
    var rest = bytes[end...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "\"") }
    // Java's debug log: "ALERT: fatal, description = unknown_ca".
    if let after = PhrasePattern.end(of: Array("description =".utf8), in: Array(rest.prefix(30)), from: 0) {
      rest = rest.dropFirst(after).drop { $0 == UInt8(ascii: " ") }
    }
    var best: (AlertDescription, Int)?
    for (alert, words) in names {
      for word in words
      where word.count > (best?.1 ?? 0)
        && PhrasePattern.end(of: word, in: Array(rest.prefix(80)), from: 0) == word.count
      {
        best = (alert, word.count)
      }
    }
    return best
  }

  // MARK: Names

  /// All that the tools call an alert, normalised: the RFC's name with spaces and without, and those of Go and GnuTLS.
  private static let names: [(alert: AlertDescription, words: [[UInt8]])] = AlertDescription.names.map { number, name in
    let plain = name.split(separator: "_").joined(separator: " ")
    let all = [plain, name.split(separator: "_").joined()] + (others[number] ?? [])
    return (AlertDescription(rawValue: number), all.map { ErrorLine.normalised($0) })
  }.sorted { $0.alert.rawValue < $1.alert.rawValue }

  private static let others: [UInt8: [String]] = [
    20: ["bad record mac"], 30: ["decompression failed"], 40: ["handshake failed"], 42: ["certificate is bad"],
    43: ["certificate is not supported"], 44: ["revoked certificate", "certificate was revoked"],
    45: ["expired certificate", "certificate is expired"], 46: ["unknown certificate"],
    48: ["unknown certificate authority", "ca is unknown", "unknown certificate authority (ca)"],
    49: ["access was denied"],
    50: ["error decoding message"], 51: ["error decrypting message"],
    70: ["protocol version not supported", "error in protocol version"], 71: ["insufficient security level"],
    90: ["user cancelled"], 100: ["no renegotiation allowed"], 110: ["an unsupported extension was sent"],
    111: ["could not retrieve the specified certificate"], 112: ["the server name sent was not recognized"],
    116: ["certificate is required"], 120: ["no supported application protocol could be negotiated"],
    121: ["encrypted client hello required"],
  ]
}
