// swift-tools-version:6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// Applied to every target of ours: a warning is an error, and every import says who may see it.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func suite(_ target: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(target)Tests", dependencies: [.byName(name: target), "TestKit"] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "agenticflow-enterprise",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "agenticflow-enterprise", targets: ["agenticflow-enterprise"]),
        .executable(name: "provider-simulator", targets: ["provider-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        // No traits: the default ones bring all of Foundation and with it ICU (see docs/decisions).
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: [
        .executableTarget(name: "agenticflow-enterprise", dependencies: ["Commands"], swiftSettings: strict),
        .executableTarget(name: "provider-simulator", dependencies: ["ProviderSimulator"], swiftSettings: strict),
        .target(name: "CProcess"),
        layer("Credentials"),
        layer("Documents"),
        layer("SafeFiles", ["Credentials"]),
        layer("Rotation", ["Credentials"]),
        layer("Providers", ["Rotation", "Credentials"]),
        layer("Settings", ["SafeFiles", "Documents", "Credentials", "CProcess"]),
        layer("ProfileStorage", ["SafeFiles", "Documents", "Rotation", "Credentials"]),
        layer(
            "CredentialLifecycle",
            ["ProfileStorage", "Providers", "Rotation", "Settings", "SafeFiles", "Documents", "Credentials"]),
        layer("Exchange", ["Providers", "Rotation", "Credentials", nio]),
        layer(
            "Gateway",
            [
                "Exchange", "CredentialLifecycle", "ProfileStorage", "Providers", "Rotation", "Settings", "SafeFiles",
                "Documents", "Credentials", nio, nioPosix, nioHTTP1, nioSSL, nioExtras, hummingbird, httpTypes, logging,
                lifecycle, unixSignals,
            ]),
        layer("ProviderSimulator", ["CProcess", nio, nioPosix, nioHTTP1, nioSSL, argumentParser, unixSignals]),
        layer(
            "Commands",
            [
                "Gateway", "Exchange", "CredentialLifecycle", "ProfileStorage", "Providers", "Rotation", "Settings",
                "SafeFiles", "Documents", "Credentials", "CProcess", argumentParser,
            ]),
        .target(
            name: "TestKit", dependencies: ["ProfileStorage", "SafeFiles", "Documents", "Credentials"],
            path: "Tests/TestKit", swiftSettings: strict),
        .executableTarget(
            name: "store-writer", dependencies: ["TestKit", "ProfileStorage", "Rotation", "Credentials"],
            path: "Tests/StoreWriter", swiftSettings: strict),
        suite("Credentials"),
        suite("Documents"),
        suite("Rotation", ["Credentials"]),
        suite("Providers", ["Rotation", "Credentials"]),
        suite("SafeFiles", ["Credentials"]),
        suite("Settings", ["SafeFiles", "Documents", "Credentials"]),
        suite("ProfileStorage", ["SafeFiles", "Rotation", "Credentials"]),
        suite("CredentialLifecycle", ["ProfileStorage", "Providers", "Rotation", "Settings", "Credentials"]),
        suite("Exchange", ["Providers", "Rotation", "Credentials", nio]),
        suite(
            "Gateway",
            [
                "Exchange", "CredentialLifecycle", "ProfileStorage", "Providers", "Rotation", "Settings", "Documents",
                "Credentials", nio, nioHTTP1,
            ]),
        suite("ProviderSimulator", [nio, nioPosix, nioHTTP1, nioSSL, argumentParser]),
        suite("Commands", ["Documents", "ProfileStorage", "Providers", "Rotation", "Credentials", argumentParser]),
    ],
    swiftLanguageModes: [.v6]
)
