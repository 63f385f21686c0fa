import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentUser,
  Public,
  RequirePermission,
  type RequestUser,
} from '../../infrastructure/http/access/index.js';
import { ApiEnvelope, EndpointLimit, ResponseMessage } from '../../infrastructure/http/index.js';
import { OwnProfileDto, UsersService } from '../users/index.js';
import {
  LoginAnswerDto,
  RegisterAnswerDto,
  TokensDto,
  UsernameAvailabilityDto,
  toTokensDto,
} from './dto/answers.dto.js';
import { CheckUsernameDto, LoginDto, LogoutDto, RefreshDto, RegisterDto } from './dto/requests.dto.js';
import { LoginService } from './login.service.js';
import { RegistrationService } from './registration.service.js';
import { LogoutService } from './sessions/logout.service.js';
import { RefreshService } from './tokens/refresh.service.js';

/** Accounts and tokens (01 1.1). */
@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly loginService: LoginService,
    private readonly refreshService: RefreshService,
    private readonly logoutService: LogoutService,
    private readonly users: UsersService,
  ) {}

  @Post('register')
  @Public()
  @EndpointLimit('register')
  @ResponseMessage('Account created')
  @ApiOperation({ summary: 'Create an account and sign in' })
  @ApiEnvelope(RegisterAnswerDto, { status: 201, failures: [400, 409, 503] })
  async register(@Body() body: RegisterDto): Promise<RegisterAnswerDto> {
    const { user, tokens } = await this.registration.register({
      username: body.username,
      email: body.email,
      password: body.password,
      firstName: body.first_name,
      lastName: body.last_name,
    });
    return {
      user,
      user_id: user.id,
      username: user.username,
      email: user.email,
      ...toTokensDto(tokens),
    };
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @EndpointLimit('login')
  @ResponseMessage('Signed in')
  @ApiOperation({ summary: 'Sign in with mail address and password' })
  @ApiEnvelope(LoginAnswerDto, { failures: [400, 401, 423, 503] })
  async login(@Body() body: LoginDto): Promise<LoginAnswerDto> {
    const { user, tokens } = await this.loginService.login({
      email: body.email,
      password: body.password,
      isRemembered: body.remember_me ?? false,
    });
    return { ...toTokensDto(tokens), user };
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    summary: 'Exchange a refresh token for a new pair',
    description: 'A token used again after 10 seconds ends its session.',
  })
  @ApiEnvelope(TokensDto, { failures: [400, 401] })
  async refresh(@Body() body: RefreshDto): Promise<TokensDto> {
    return toTokensDto(await this.refreshService.refresh(body.refresh_token));
  }

  @Post('logout')
  @HttpCode(200)
  @RequirePermission('sessions.manage')
  @ResponseMessage('Signed out')
  @ApiOperation({ summary: 'End this session, or all of them' })
  @ApiBody({ type: LogoutDto, required: false })
  @ApiEnvelope(null, { failures: [400] })
  async logout(@CurrentUser() user: RequestUser, @Body() body: LogoutDto): Promise<null> {
    if (body.all_devices === true) await this.logoutService.logoutEverywhere(user);
    else await this.logoutService.logout(user, body.refresh_token);
    return null;
  }

  @Get('me')
  @RequirePermission('profile.read')
  @ApiOperation({ summary: 'Own profile' })
  @ApiEnvelope(OwnProfileDto)
  getMe(@CurrentUser() user: RequestUser): Promise<OwnProfileDto> {
    return this.users.getOwnProfile(user.id);
  }

  @Get('check-username')
  @Public()
  @ApiOperation({ summary: 'Whether a user name is free' })
  @ApiEnvelope(UsernameAvailabilityDto, { failures: [400] })
  async checkUsername(@Query() { username }: CheckUsernameDto): Promise<UsernameAvailabilityDto> {
    return { available: !(await this.users.isUsernameTaken(username)) };
  }
}
