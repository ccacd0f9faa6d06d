import Foundation
import Handfast

func number<Number: FixedWidthInteger>(_ text: String) throws -> Number {
  guard let number = Number(text) else { throw Unimplemented("the number \(text)") }
  return number
}

func base64(_ text: String) throws -> [UInt8] {
  guard let data = Data(base64Encoded: text) else { throw Unimplemented("the Base64 text \(text)") }
  return Array(data)
}

/// A list of SCTs (RFC 6962 §3.3).
func timestamps(_ text: String) throws -> [[UInt8]] {
  let bytes = try base64(text)
  var rest = bytes.dropFirst(2)
  var list: [[UInt8]] = []
  while rest.count >= 2 {
    let count = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
    guard count > 0, count <= rest.count else { throw Unexpected(":INVALID_SCT_LIST:") }
    list.append(Array(rest.prefix(count)))
    rest = rest.dropFirst(count)
  }
  guard rest.isEmpty, !list.isEmpty else { throw Unexpected(":INVALID_SCT_LIST:") }
  return list
}

/// A group that this library has.
func group(_ text: String) throws -> NamedGroup {
  let group = NamedGroup(rawValue: try number(text))
  guard ([NamedGroup].recommended + [.mlkem1024]).contains(group) else { throw Unimplemented("group \(group)") }
  return group
}

/// Protocol names, each with a byte of length before it.
func protocols(_ text: String) throws -> [String] {
  var rest = Array(text.utf8)[...]
  var names: [String] = []
  while let count = rest.popFirst() {
    names.append(String(decoding: rest.prefix(Int(count)), as: UTF8.self))
    rest = rest.dropFirst(Int(count))
  }
  return names
}

/// Distinguished names: DER in hexadecimal, with commas between them; "<NULL>" or "<EMPTY>" for none.
func names(_ text: String) throws -> [[UInt8]] {
  guard !text.hasPrefix("<") else { return [] }
  return try text.split(separator: ",").map { part in
    try stride(from: 0, to: part.count, by: 2).map { offset in
      let start = part.index(part.startIndex, offsetBy: offset)
      let end = part.index(start, offsetBy: 2, limitedBy: part.endIndex) ?? part.endIndex
      guard let byte = UInt8(part[start..<end], radix: 16) else { throw Unimplemented("the name \(part)") }
      return byte
    }
  }
}

/// Suites in the order of a cipher string, and the sets within it that are worth the same.
struct CipherList: Sendable {
  var suites: [CipherSuite] = []
  var equal: [[CipherSuite]] = []
  private static let known = [CipherSuite].recommended + .rsaKeyTransport

  /// A list of suites by their names in the registry or in OpenSSL, or as much of OpenSSL's and BoringSSL's language as the tests here
  /// need: "ALL" and "DEFAULT" for all that there are, "!AES" to leave some out, and "[A|B]" for suites that are worth the same.
  /// Those of TLS 1.3 are always there.
  init(_ text: String) throws {
    let older = Self.known.filter { $0.rawValue >> 8 != 0x13 }
    for part in text.split(separator: ":").map(String.init) {
      switch part {
      case "ALL", "DEFAULT": suites += older
      case "!AES": suites.removeAll { openSSLName($0).contains("AES") }
      default:
        let isSet = part.hasPrefix("[") && part.hasSuffix("]")
        let names = isSet ? part.dropFirst().dropLast().split(separator: "|").map(String.init) : [part]
        let found = try names.compactMap(Self.suite)
        suites += found
        if isSet { equal.append(found) }
      }
    }
    guard !suites.isEmpty else { throw Unimplemented("any of \(text)") }
    suites = Self.known.filter { $0.rawValue >> 8 == 0x13 } + suites
  }

  /// Nil: one of those that this library leaves to others. What is left of a list is then what its server would have.
  private static func suite(_ name: String) throws -> CipherSuite? {
    if let found = known.first(where: { $0.name == name || openSSLName($0) == name }) { return found }
    guard name.contains("_CBC_") || name == "3DES" else { throw Unimplemented("cipher suite \(name)") }
    return nil
  }
}

private func openSSLName(_ suite: CipherSuite) -> String {
  (suite.name ?? "").replacing("TLS_", with: "").replacing("_WITH", with: "").replacing("AES_", with: "AES")
    .replacing("RSA_AES", with: suite.name?.contains("ECDHE") == true ? "RSA_AES" : "AES").replacing("_", with: "-")
    .replacing("POLY1305-SHA256", with: "POLY1305")
}
