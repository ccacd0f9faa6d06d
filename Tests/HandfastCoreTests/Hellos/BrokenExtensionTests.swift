import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// Every extension of a real hello with its content cut at every length, or with a byte too many. The block around it stays
/// right, so that only the extension's own decoder can see it.
@Suite("An extension with broken content") struct BrokenExtensionTests {
  private func check(
    _ type: ExtensionType, _ data: [UInt8], _ refuse: (_ type: ExtensionType, _ data: [UInt8]) throws -> TLSError?
  ) throws {
    let message: (TLSError?) -> Bool = { error in
      if case .malformedExtension(type, in: _, _) = error { true } else { false }
    }
    for count in data.indices {
      let error = try refuse(type, Array(data.prefix(count)))
      #expect(message(error), "\(type) of \(count) bytes: \(String(describing: error))")
    }
    let error = try refuse(type, data + [0])
    #expect(message(error), "\(type) with a byte more: \(String(describing: error))")
  }

  private func setup() throws -> Setup {
    var setup = try Setup()
    setup.client.applicationProtocols = ["h2", "http/1.1"]
    setup.server.applicationProtocols = ["h2"]
    setup.client.maxFragmentLength = .bytes2048
    setup.client.cipherSuites = [.ecdheECDSAWithAES128GCMSHA256]
    setup.client.sendsGREASE = false
    return setup
  }

  @Test("in a ClientHello is refused with decode_error")
  func clientHello() throws {
    // The library's own hello has them all.
    let session = try ClientTrial(try setup())
    session.receiveHello()
    var extensions = try #require(session.server.clientHello?.extensions)
    extensions.set(SupportedVersions(versions: [.tls13, .tls12]))
    #expect(extensions.entries.count == 9)
    for entry in extensions.entries {
      try check(entry.type, entry.data) { type, data in
        let session = try ServerTrial(try setup())
        session.client.hello.extensions = extensions
        session.client.hello.extensions?.set(type, data)
        session.sendHello()
        #expect(session.alert() == .decodeError)
        return session.error
      }
    }
  }

  @Test("in a ClientHello of TLS 1.3 is refused with decode_error, be it needed or not")
  func clientHello13() throws {
    let extensions = try #require(try ServerTrial13(try setup()).client.hello.extensions)
    #expect(extensions.contains(.pskKeyExchangeModes))
    for entry in extensions.entries where entry.type != .supportedVersions {
      try check(entry.type, entry.data) { type, data in
        let session = try ServerTrial13(try setup())
        session.client.hello.extensions?.set(type, data)
        try session.sendHello()
        #expect(session.alert() == .decodeError)
        return session.error
      }
    }
  }

  @Test("in a ServerHello is refused with decode_error")
  func serverHello() throws {
    var extensions = ExtensionBlock()
    extensions.set(ServerNameAcknowledgement())
    extensions.set(ExtendedMasterSecret())
    extensions.set(RenegotiationInfo())
    extensions.set(ECPointFormats(formats: [.uncompressed]))
    extensions.set(ApplicationProtocols(names: [Array("h2".utf8)]))
    extensions.set(MaxFragmentLengthExtension(length: .bytes2048))
    let whole = try ClientTrial(try setup())
    whole.server.extensions = extensions
    #expect(try whole.handshake())
    for entry in extensions.entries {
      try check(entry.type, entry.data) { type, data in
        let session = try ClientTrial(try setup())
        session.server.extensions = extensions
        session.server.extensions.set(type, data)
        session.receiveHello()
        session.server.sendHello()
        session.exchange()
        #expect(session.alert() == .decodeError)
        return session.error
      }
    }
  }
}
