/// What a client wants to reach, as it will be looked for in the server's certificate: RFC 9525's reference identifier.
public enum ServerReference: Hashable, Sendable, CustomStringConvertible {
  /// Lower case, without a final dot.
  case dnsName(String)
  /// 4 or 16 bytes in network order.
  case ipAddress([UInt8])

  /// Takes a host name (ASCII; an internationalised name as its A-label) or an IP address ("192.0.2.1", "2001:db8::1").
  ///
  /// Throws `ConfigurationError.invalidServerName` for anything else.
  public init(_ text: String) throws(ConfigurationError) {
    if let address = Self.parseIPv4(text) ?? Self.parseIPv6(text) {
      self = .ipAddress(address)
    } else if let name = Self.normalizedDNSName(text) {
      self = .dnsName(name)
    } else {
      throw .invalidServerName(text)
    }
  }

  public var description: String {
    switch self {
    case .dnsName(let name): name
    case .ipAddress(let bytes): Self.format(address: bytes)
    }
  }

  /// RFC 5890 §2.3.1: letters, digits, hyphens (and the underscore seen in practice), labels of 1 to 63 bytes, 253 in all.
  /// A last label of digits only is nearly an IPv4 address, and refused.
  package static func normalizedDNSName(_ text: String) -> String? {
    let (dot, hyphen) = (UInt8(ascii: "."), UInt8(ascii: "-"))
    var (count, labelCount) = (0, 0)
    var (hasCapitals, isNumber) = (false, true)
    var last = dot
    for byte in text.utf8 {
      count += 1
      if byte == dot {
        guard labelCount > 0, last != hyphen else { return nil }
        labelCount = 0
      } else {
        let isLetter = isCapital(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        guard isLetter || isDigit(byte) || byte == hyphen && labelCount > 0 || byte == UInt8(ascii: "_") else {
          return nil
        }
        isNumber = isDigit(byte) && (isNumber || labelCount == 0)
        hasCapitals = hasCapitals || isCapital(byte)
        labelCount += 1
        guard labelCount <= 63 else { return nil }
      }
      last = byte
    }
    if last == dot { count -= 1 }
    guard (1...253).contains(count), last != hyphen, !isNumber else { return nil }
    // As nearly every name stands already.
    guard hasCapitals || last == dot else { return text }
    // Only ASCII has another case here: lower case elsewhere turns the Kelvin sign into a "k".
    return String(decoding: text.utf8.prefix(count).map { isCapital($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  package static func parseIPv4(_ text: String) -> [UInt8]? {
    // Nearly every name is none, and seen at a glance: every handshake asks.
    guard let first = text.utf8.first, isDigit(first) else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.allSatisfy({ $0.isASCII && $0.isWholeNumber }),
        part.count == 1 || part.first != "0", let byte = UInt8(part)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// RFC 4291 §2.2, with "::" and a dotted tail; no zone.
  package static func parseIPv6(_ text: String) -> [UInt8]? {
    guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
    let halves = text.split(separator: "::", omittingEmptySubsequences: false).map(String.init)
    guard halves.count <= 2 else { return nil }
    var parsed: [[UInt8]] = []
    for (index, half) in halves.enumerated() {
      guard let bytes = parseGroups(half, mayEndDotted: index == halves.count - 1) else { return nil }
      parsed.append(bytes)
    }
    if parsed.count == 1 { return parsed[0].count == 16 ? parsed[0] : nil }
    let missing = 16 - parsed[0].count - parsed[1].count
    guard missing >= 2 else { return nil }
    return parsed[0] + [UInt8](repeating: 0, count: missing) + parsed[1]
  }

  private static func parseGroups(_ text: String, mayEndDotted: Bool) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    var bytes: [UInt8] = []
    let groups = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, group) in groups.enumerated() {
      if mayEndDotted, index == groups.count - 1, group.contains(".") {
        guard let tail = parseIPv4(String(group)) else { return nil }
        bytes += tail
      } else {
        guard (1...4).contains(group.utf8.count), group.allSatisfy({ $0.isASCII && $0.isHexDigit }),
          let value = UInt16(group, radix: 16)
        else { return nil }
        bytes += [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
      }
    }
    return bytes.count <= 16 ? bytes : nil
  }

  package static func format(address bytes: [UInt8]) -> String {
    guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
    // RFC 5952 §5: prefixes that say an IPv4 address follows (RFC 4291 §2.5.5.2, RFC 6052 §2.1).
    for prefix in ["::ffff:", "64:ff9b::"] where parseIPv6("\(prefix)0.0.0.0")?.prefix(12) == bytes.prefix(12) {
      return prefix + format(address: Array(bytes.suffix(4)))
    }
    let groups = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
    // RFC 5952 §4.2: the first longest run of two or more zero groups becomes "::".
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(best.count, 1) { best = start..<end }
      start = max(end, start + 1)
    }
    func text(_ part: ArraySlice<Int>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    guard !best.isEmpty else { return text(groups[...]) }
    return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
  }
}
