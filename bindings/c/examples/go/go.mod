module example.com/eventcodes

go 1.19
