import HandfastCore
import HandfastTestKit
import Testing

@Suite("What a client wants to reach") struct ServerReferenceTests {
  private func isRefused(_ text: String) -> Bool {
    do throws(ConfigurationError) {
      _ = try ServerReference(text)
      return false
    } catch { return error == .invalidServerName(text) }
  }

  @Test(
    "a host name is kept in lower case and without a final dot",
    arguments: [
      ("localhost", "localhost"), ("Example.COM", "example.com"), ("example.com.", "example.com"),
      ("a.b.c.d.e", "a.b.c.d.e"), ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("_dns.example", "_dns.example"),
      ("1.example", "1.example"), ("3com", "3com"), ("a", "a"), ("4.3.2.1.in-addr.arpa", "4.3.2.1.in-addr.arpa"),
    ])
  func hostNames(text: String, name: String) throws {
    let reference = try ServerReference(text)
    #expect(reference == .dnsName(name))
    #expect(reference.description == name)
  }

  @Test(
    "what is no host name in ASCII is refused",
    arguments: [
      "", ".", "..", "a..b", ".a", "a..", "-a.example", "a-.example", "a.-b", "a b", " a", "a ", "a/b", "a:443", "a@b",
      "*.example", "bücher.example", "例え.jp", "a\u{0}b", "a\nb", "https://a.example", "[::1]", "a,b", "a%b", "é",
    ])
  func noHostNames(text: String) { #expect(isRefused(text)) }

  @Test(
    "letters that only look like ASCII, or become ASCII in lower case, are refused",
    arguments: ["\u{212a}elvin.example", "\u{130}.example", "\u{ff41}.example", "a\u{301}.example", "a\u{3002}example"])
  func lookalikes(text: String) { #expect(isRefused(text)) }

  @Test("what is a name is decided as by splitting it into labels")
  func asByLabels() {
    var random = SplitMix(seed: 9)
    let letters = Array("aZ0-_.é")
    for _ in 0..<20_000 {
      let text = String((0..<random.below(9)).map { _ in letters[random.below(letters.count)] })
      #expect(ServerReference.normalizedDNSName(text) == byLabels(text), "\(text)")
    }
  }

  private func byLabels(_ text: String) -> String? {
    let name = text.hasSuffix(".") ? text.dropLast() : text[...]
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    func isGood(_ label: Substring) -> Bool {
      !label.isEmpty && label.first != "-" && label.last != "-"
        && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }
    guard labels.allSatisfy(isGood), labels.last?.allSatisfy(\.isNumber) == false else { return nil }
    return name.lowercased()
  }

  @Test("a label has at most 63 bytes, a name at most 253")
  func lengths() throws {
    let label = String(repeating: "a", count: 63)
    #expect(try ServerReference("\(label).example") == .dnsName("\(label).example"))
    #expect(isRefused("\(label)a.example"))
    let longest = "\(label).\(label).\(label).\(String(repeating: "a", count: 61))"
    #expect(longest.utf8.count == 253)
    #expect(try ServerReference(longest) == .dnsName(longest))
    #expect(try ServerReference("\(longest).") == .dnsName(longest))
    #expect(isRefused("\(longest)a"))
    #expect(isRefused(String(repeating: "a.", count: 100_000)))
  }

  @Test(
    "four numbers are an IPv4 address",
    arguments: [
      ("192.0.2.1", [192, 0, 2, 1]), ("0.0.0.0", [0, 0, 0, 0]), ("255.255.255.255", [255, 255, 255, 255]),
      ("127.0.0.1", [127, 0, 0, 1]),
    ] as [(String, [UInt8])])
  func ipv4(text: String, bytes: [UInt8]) throws {
    let reference = try ServerReference(text)
    #expect(reference == .ipAddress(bytes))
    #expect(reference.description == text)
  }

  @Test(
    "what is nearly an IPv4 address is neither that nor a host name",
    arguments: [
      "256.0.0.1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", "01.2.3.4", "1.2.3.04", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.-4",
      "1.2.3.+4", "127.1", "2130706433", "1.2.3.1000", "1.2.3.4/24", "١.٢.٣.٤", "1.2.3.4 ",
    ])
  func nearlyIPv4(text: String) { #expect(isRefused(text)) }

  @Test(
    "an IPv6 address is shown in the one form of RFC 5952",
    arguments: [
      ("::", "::"), ("::1", "::1"), ("2001:db8::1", "2001:db8::1"), ("2001:DB8::1", "2001:db8::1"),
      ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
      // §4.2.2: one group of zeros is not shortened.
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      // §4.2.3: the longest run, and of two equal ones the first.
      ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
      ("1:0:0:0:0:0:0:0", "1::"), ("0:0:0:0:0:0:0:1", "::1"), ("1::", "1::"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
      ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("0:0:1::", "0:0:1::"),
      ("fe80:0:0:0:1:0:0:0", "fe80::1:0:0:0"), ("ffff:FFFF::", "ffff:ffff::"),
      // A dotted tail is read anywhere; §5: it is written where the prefix says that it is one.
      ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::ffff:c000:201", "::ffff:192.0.2.1"),
      ("0:0:0:0:0:ffff:0:0", "::ffff:0.0.0.0"), ("64:ff9b::192.0.2.33", "64:ff9b::192.0.2.33"),
      ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("::1.2.3.4", "::102:304"),
    ])
  func ipv6(text: String, shown: String) throws {
    let reference = try ServerReference(text)
    guard case .ipAddress(let bytes) = reference else {
      Issue.record("\(text) is no address")
      return
    }
    #expect(bytes.count == 16)
    #expect(reference.description == shown)
    #expect(try ServerReference(shown) == reference)
  }

  @Test("an IPv6 address is sixteen bytes in network order")
  func ipv6Bytes() throws {
    #expect(
      try ServerReference("2001:db8::a:1")
        == .ipAddress([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 1]))
    #expect(try ServerReference("::1.2.3.4") == .ipAddress([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]))
  }

  @Test(
    "what is nearly an IPv6 address is refused",
    arguments: [
      ":", ":::", "::1::", "1::2::3", ":1", "1:", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "::0x1", "::+1", "::-1", ":: 1", "fe80::1%eth0",
      "[::1]", "::1/128", "1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "::1.2.3.256", "::01.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
      "::ffff:1.2.3.4.", ":::1", "1:::2", "::１",
    ])
  func nearlyIPv6(text: String) { #expect(isRefused(text)) }

  @Test("every pattern of zero and other groups comes back from its own text", arguments: [UInt8(0x00), 0xab])
  func everyPattern(high: UInt8) throws {
    for pattern in 0..<256 {
      var bytes: [UInt8] = []
      for group in 0..<8 { bytes += pattern >> group & 1 == 0 ? [0, 0] : [high, UInt8(group + 1)] }
      let reference = ServerReference.ipAddress(bytes)
      #expect(try ServerReference(reference.description) == reference)
    }
  }
}
