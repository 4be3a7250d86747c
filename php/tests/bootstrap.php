<?php

declare(strict_types=1);

// Composer's autoloader where there is one, else the packages of Debian.
$composer = __DIR__ . '/../vendor/autoload.php';
if (is_file($composer)) {
    require $composer;
} else {
    require __DIR__ . '/../autoload.php';
    $symfony = ['Symfony/Component/HttpKernel', 'Symfony/Component/Routing', 'Symfony/Component/Cache'];
    foreach (['GuzzleHttp', 'Nyholm/Psr7', 'Psr/SimpleCache', ...$symfony, 'Illuminate/Http'] as $package) {
        if (is_file("/usr/share/php/$package/autoload.php")) {
            require_once "/usr/share/php/$package/autoload.php";
        }
    }
}
require_once __DIR__ . '/psr15.php';
require_once __DIR__ . '/Server.php';
require_once __DIR__ . '/KeyServer.php';
require_once __DIR__ . '/FastCgi.php';
require_once __DIR__ . '/ArrayCache.php';
